using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Heatmaps;

/// <summary>
/// Tissue is what is more coloured than glass: pixels of a thumbnail whose greatest channel exceeds their least by more
/// than a threshold, which is Otsu's (1979, IEEE Trans. SMC 9:62) and at least <see cref="LeastThreshold"/>, so that
/// the noise of bare glass is not divided into tissue and glass.
/// </summary>
public sealed class SaturationTissue : ITissue
{
    /// <summary>Grey levels between the channels of glass; JPEG's noise stays below.</summary>
    public const int LeastThreshold = 12;

    private const int Side = 2048;
    private readonly SlideRectangle bounds;
    private readonly int width;
    private readonly int height;
    private readonly bool[] mask;

    private SaturationTissue(SlideRectangle bounds, int width, int height, byte[] spread)
    {
        (this.bounds, this.width, this.height) = (bounds, width, height);
        Threshold = Math.Max(LeastThreshold, Otsu(spread));
        mask = [.. spread.Select(s => s > Threshold)];
    }

    /// <summary>Grey levels that the channels of tissue lie apart, at least.</summary>
    public int Threshold { get; }

    public string Rule => $"thumbnail of {Side}, channels more than {LeastThreshold} and Otsu's threshold apart";

    /// <summary>Looks at a thumbnail of the scanned part.</summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read.</exception>
    public static SaturationTissue Of(Slide slide)
    {
        using var thumbnail = slide.ReadThumbnail(Side);
        var pixels = thumbnail.Image.Pixels;
        var spread = new byte[thumbnail.Image.Width * thumbnail.Image.Height];
        for (var i = 0; i < spread.Length; i++)
        {
            var (red, green, blue) = (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]);
            spread[i] = (byte)(Math.Max(red, Math.Max(green, blue)) - Math.Min(red, Math.Min(green, blue)));
        }
        return new SaturationTissue(slide.Bounds, thumbnail.Image.Width, thumbnail.Image.Height, spread);
    }

    public bool Any(SlideRectangle rectangle)
    {
        var (stepX, stepY) = ((double)bounds.Width / width, (double)bounds.Height / height);
        var (left, top) = (rectangle.At.X - bounds.At.X, rectangle.At.Y - bounds.At.Y);
        var (x0, x1) = Covered(left, rectangle.Width, stepX, width);
        var (y0, y1) = Covered(top, rectangle.Height, stepY, height);
        for (var y = y0; y < y1; y++)
        {
            if (x0 < x1 && mask.AsSpan((y * width) + x0, x1 - x0).Contains(true))
                return true;
        }
        return false;
    }

    /// <summary>The thumbnail's pixels that a stretch touches.</summary>
    private static (int From, int To) Covered(long start, long length, double step, int side) =>
        (
            (int)Math.Clamp(Math.Floor(start / step), 0, side),
            (int)Math.Clamp(Math.Ceiling((start + length) / step), 0, side)
        );

    /// <summary>The value up to which one class reaches so that the variance between both is greatest.</summary>
    private static int Otsu(byte[] values)
    {
        var counts = new long[256];
        foreach (var value in values)
            counts[value]++;
        double all = counts.Select((n, v) => (double)n * v).Sum();
        var (below, sum, best, threshold) = (0L, 0.0, -1.0, 0);
        for (var v = 0; v < 256; v++)
        {
            below += counts[v];
            sum += (double)counts[v] * v;
            var above = values.Length - below;
            if (below == 0 || above == 0)
                continue;
            var apart = (sum / below) - ((all - sum) / above);
            var between = apart * apart * below * above;
            if (between > best)
                (best, threshold) = (between, v);
        }
        return threshold;
    }
}
