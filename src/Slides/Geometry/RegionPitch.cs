using Coverslip.Slides.Formats;

namespace Coverslip.Slides.Geometry;

/// <summary>How far apart a slide's pixels come at a resolution.</summary>
internal static class RegionPitch
{
    /// <summary>
    /// Pixels of level 0 to one pixel of a region at a resolution. A level within 1 % is read as it is, and its pixels
    /// then lie that much nearer or farther: over a whole slide this is many pixels.
    /// </summary>
    /// <exception cref="UnreadableSlideException">No resolution is known, or it is finer than the slide.</exception>
    public static Vertex Of(Slide slide, Mpp mpp)
    {
        using var probe = slide.Read(new RegionRequest(slide.Bounds.At, new PixelSize(1, 1), mpp));
        var level = slide.Levels[probe.Level];
        var finest = slide.Resolution.Mpp!.Value;
        var (gridX, gridY) = (level.DownsampleX * probe.Reduction, level.DownsampleY * probe.Reduction);
        var (x, y) = (Math.Max(1, mpp.X / finest.X), Math.Max(1, mpp.Y / finest.Y));
        return x / gridX <= 1.01 && y / gridY <= 1.01
            ? new Vertex(gridX, gridY)
            : new Vertex(Math.Max(gridX, x), Math.Max(gridY, y));
    }
}
