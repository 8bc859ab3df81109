using Coverslip.Slides.Geometry;

namespace Coverslip.Viewer.Slides;

/// <summary>A tile: its place in level 0, its size in its own pixels, and how many of level 0 one of these stands for.</summary>
internal readonly record struct DeepZoomTile(SlidePoint At, PixelSize Size, double Step);

/// <summary>
/// Tiles as Deep Zoom counts them: level 0 has one pixel, each next one twice the sides, and the last is the slide itself.
/// Tiles do not overlap; those at the right and lower edge are cut to the slide.
/// </summary>
/// <param name="Width">Of the slide.</param>
/// <param name="Height">Of the slide.</param>
internal sealed record DeepZoom(long Width, long Height)
{
    /// <summary>Pixels to a side: four tiles of most scanners, so that a screen takes few requests.</summary>
    internal const int Side = 512;

    internal int MaxLevel { get; } = (int)Math.Ceiling(Math.Log2(Math.Max(Width, Height)));

    /// <summary>The slide's sides on a level.</summary>
    internal (long Width, long Height) SizeOf(int level)
    {
        var step = StepOf(level);
        return ((Width + step - 1) / step, (Height + step - 1) / step);
    }

    /// <summary>A tile; null where there is none.</summary>
    internal DeepZoomTile? Tile(int level, long column, long row)
    {
        if (level < 0 || level > MaxLevel || column < 0 || row < 0)
            return null;
        var (width, height) = SizeOf(level);
        if (column > (width - 1) / Side || row > (height - 1) / Side)
            return null;
        var (x, y, step) = (column * Side, row * Side, StepOf(level));
        return new DeepZoomTile(
            new SlidePoint(x * step, y * step),
            new PixelSize((int)Math.Min(Side, width - x), (int)Math.Min(Side, height - y)),
            step
        );
    }

    private long StepOf(int level) => 1L << (MaxLevel - level);
}
