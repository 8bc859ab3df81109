using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>An open slide. Any number of threads may read it at a time; it is disposed after they are done.</summary>
public abstract class Slide(string path) : IDisposable
{
    /// <summary>The file as the caller named it.</summary>
    public string Path { get; } = path;

    /// <summary>Which reader took the file, and why.</summary>
    public SlideReaderChoice Reader { get; internal set; } = new("", "", []);

    /// <summary>The pyramid, finest level first.</summary>
    public abstract IReadOnlyList<SlideLevel> Levels { get; }

    /// <summary>How large the pixels of level 0 are, and who says so.</summary>
    public abstract Resolution Resolution { get; }

    /// <summary>
    /// What speaks against taking the file as it is read: a doubtful resolution, tiles without data, pictures that are no
    /// levels. <see cref="SlideOptions.Noted"/> is told each of them.
    /// </summary>
    public IReadOnlyList<string> Notes =>
        Resolution.Doubt is { } doubt
            ?
            [
                $"{doubt}: areas and scales are likely wrong; pass --slide-mpp with the microns per pixel of level 0",
                .. OwnNotes,
            ]
            : OwnNotes;

    /// <summary>The reader's notes.</summary>
    protected IReadOnlyList<string> OwnNotes { get; init; } = [];

    /// <summary>Resolution of level 0.</summary>
    /// <exception cref="UnreadableSlideException">None is known.</exception>
    public Mpp FinestMpp =>
        Resolution.Mpp
        ?? throw new UnreadableSlideException(
            Path,
            $"no resolution is known ({Resolution.Field}); pass --slide-mpp with the microns per pixel of level 0"
        );

    /// <summary>Where the scanner has looked; the whole of level 0 unless the file names a part.</summary>
    public abstract SlideRectangle Bounds { get; }

    /// <summary>What the file says of itself.</summary>
    public abstract IReadOnlyDictionary<string, string> Properties { get; }

    /// <summary>Fractions (1, 2, 4, 8) at which this reader decodes the level, in rising order.</summary>
    internal virtual ReadOnlySpan<int> Reductions(int level) => [1];

    /// <summary>
    /// Fills the image with pixels of a level as they are, white where the level has none.
    /// </summary>
    /// <param name="level">Index in <see cref="Levels"/>.</param>
    /// <param name="at">The image's top left corner in pixels of the level; may lie outside.</param>
    /// <param name="into">RGB of 8 bits.</param>
    /// <returns>How many pixels are white because the slide has none there.</returns>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read; names level and tile.</exception>
    public long ReadLevel(int level, LevelPoint at, Image into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(level);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(level, Levels.Count);
        return ReadReduced(level, 1, at, into);
    }

    /// <summary>
    /// A region at a resolution in microns. The level is chosen inside; a level within 1 % of the resolution gives its
    /// pixels as they are, otherwise each pixel is the mean of what it covers. White outside.
    /// </summary>
    /// <exception cref="UnreadableSlideException">
    /// A tile that cannot be read, no known resolution, or one that the slide does not have.
    /// </exception>
    public SlideRegion Read(RegionRequest request) => ReaderOf(request.Mpp).Read(request.At, request.Size);

    /// <summary>
    /// A region by its scale alone, so that a slide whose microns nobody knows can be looked at. White outside.
    /// </summary>
    /// <param name="at">The top left corner.</param>
    /// <param name="size">Pixels of the image that is wanted.</param>
    /// <param name="step">Columns and rows of level 0 to one of its pixels, at least 1.</param>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read; names level and tile.</exception>
    public SlideRegion ReadAt(SlidePoint at, PixelSize size, double step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        return new RegionReader(this, step, step).Read(at, size);
    }

    /// <summary>
    /// Pixels of level 0 to one pixel of a region at a resolution. A level within 1 % is read as it is, and its pixels
    /// then lie that much nearer or farther: over a whole slide this is many pixels.
    /// </summary>
    /// <exception cref="UnreadableSlideException">No resolution is known, or it is finer than the slide.</exception>
    internal Vertex PitchOf(Mpp mpp)
    {
        using var probe = Read(new RegionRequest(Bounds.At, new PixelSize(1, 1), mpp));
        var level = Levels[probe.Level];
        var finest = Resolution.Mpp!.Value;
        var (gridX, gridY) = (level.DownsampleX * probe.Reduction, level.DownsampleY * probe.Reduction);
        var (x, y) = (Math.Max(1, mpp.X / finest.X), Math.Max(1, mpp.Y / finest.Y));
        return x / gridX <= 1.01 && y / gridY <= 1.01
            ? new Vertex(gridX, gridY)
            : new Vertex(Math.Max(gridX, x), Math.Max(gridY, y));
    }

    /// <summary>The slide as one picture at a resolution, of which parts are read.</summary>
    /// <exception cref="UnreadableSlideException">No known resolution, or one that the slide does not have.</exception>
    public SlideView View(Mpp mpp) => new(Levels[0], ReaderOf(mpp));

    /// <summary>The scanned part, its longer side at most <paramref name="side"/> pixels.</summary>
    public SlideRegion ReadThumbnail(int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        var (at, width, height) = Bounds;
        var step = Math.Max(1, (double)Math.Max(width, height) / side);
        var size = new PixelSize(Rounded(width / step), Rounded(height / step));
        // Steps of their own, so that the rounded sides still end at the slide's edge.
        var (stepX, stepY) = ((double)width / size.Width, (double)height / size.Height);
        return new RegionReader(this, Math.Max(1, stepX), Math.Max(1, stepY)).Read(at, size);
    }

    /// <summary>As <see cref="ReadLevel"/> of the level reduced to 1/<paramref name="reduction"/>.</summary>
    internal long ReadReduced(int level, int reduction, LevelPoint at, Image into)
    {
        if (into.Channels != 3 || into.Depth != 8)
            throw new ArgumentException($"slides are read as RGB of 8 bits, not into a {into}", nameof(into));
        // Sums of a place and a size then stay far from the largest number.
        const long far = 1L << 40;
        if (at.X is < -far or > far || at.Y is < -far or > far)
            throw new ArgumentOutOfRangeException(nameof(at), $"{at} is no place near a slide; the limit is 2^40");
        return Fill(level, reduction, at, into);
    }

    /// <summary>What <see cref="ReadReduced"/> promises, for a level and an image that have been checked.</summary>
    protected abstract long Fill(int level, int reduction, LevelPoint at, Image into);

    public abstract void Dispose();

    private RegionReader ReaderOf(Mpp mpp)
    {
        var finest = FinestMpp;
        var (x, y) = (mpp.X / finest.X, mpp.Y / finest.Y);
        if (x < 0.99 || y < 0.99)
        {
            throw new UnreadableSlideException(
                Path,
                $"{mpp} asked, its finest level has {finest}; ask for that or more, or take a slide scanned "
                    + "at a higher magnification"
            );
        }
        return new RegionReader(this, Math.Max(1, x), Math.Max(1, y));
    }

    private static int Rounded(double side) => Math.Max(1, (int)Math.Round(side));
}
