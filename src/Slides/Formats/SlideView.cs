using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>
/// A slide as one picture at a resolution. Parts of it fit together without seam, since places are counted in pixels of
/// the picture. Any number of threads may read it at a time.
/// </summary>
public sealed class SlideView
{
    private readonly RegionReader reader;

    internal SlideView(SlideLevel finest, RegionReader reader)
    {
        this.reader = reader;
        (StepX, StepY) = reader.Step;
        Finest = (finest.Width, finest.Height);
        (Width, Height) = ((long)Math.Ceiling(finest.Width / StepX), (long)Math.Ceiling(finest.Height / StepY));
    }

    /// <summary>
    /// Columns of level 0 from one pixel to the next. Where a level within 1 % of the resolution gives its own pixels,
    /// these are the level's.
    /// </summary>
    public double StepX { get; }

    /// <summary>Rows of level 0 from one pixel to the next.</summary>
    public double StepY { get; }

    /// <summary>Pixels of level 0.</summary>
    public (long Width, long Height) Finest { get; }

    /// <summary>Pixels that begin on the slide.</summary>
    public long Width { get; }

    /// <summary>Rows that begin on the slide.</summary>
    public long Height { get; }

    /// <summary>
    /// RGB of 8 bits around a place in pixels of level 0, which need not be whole; white outside of the slide. Views of
    /// other resolutions around the same place show the same center.
    /// </summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read.</exception>
    public Image ReadAround(double x, double y, PixelSize size) =>
        reader.Read((x - (size.Width / 2.0 * StepX), y - (size.Height / 2.0 * StepY)), size).Image;

    /// <summary>RGB of 8 bits from a pixel on; white outside of the slide.</summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read.</exception>
    public Image Read(long x, long y, PixelSize size) => reader.Read((x * StepX, y * StepY), size).Image;
}
