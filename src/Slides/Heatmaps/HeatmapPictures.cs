using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Heatmaps;

/// <summary>Heatmaps to look at; the exact probabilities stand in <see cref="Heatmap.Write"/>'s file.</summary>
public static class HeatmapPictures
{
    /// <summary>
    /// Pixels to a side of a cell: the block in which JPEG halves chroma, so that colors do not run between cells.
    /// </summary>
    public const int CellSide = 16;

    private const int OverlaySide = 2048;
    private const float OverlayShare = 0.5f;

    /// <summary>A pyramidal TIFF in <see cref="HeatmapColors"/>, white where there is no tissue.</summary>
    public static void WritePyramid(string path, Heatmap heatmap)
    {
        var grid = heatmap.Grid;
        var options = new PyramidOptions
        {
            Mpp = new Mpp(grid.CellMicrons.X / CellSide, grid.CellMicrons.Y / CellSide),
            Description = $"Coverslip heatmap: {HeatmapColors.Words}, white without tissue",
        };
        PyramidWriter.Write(
            path,
            grid.Columns * CellSide,
            grid.Rows * CellSide,
            options,
            (left, top, tile) =>
            {
                var pixels = tile.WritablePixels;
                for (var y = 0; y < tile.Height; y++)
                {
                    for (var x = 0; x < tile.Width; x++)
                    {
                        var (column, row) = ((left + x) / CellSide, (top + y) / CellSide);
                        if (column < grid.Columns && row < grid.Rows && !float.IsNaN(heatmap[column, row]))
                            Set(pixels[((y * tile.Stride) + (3 * x))..], heatmap[column, row], 1);
                    }
                }
            }
        );
    }

    /// <summary>The slide's thumbnail with the heatmap laid over it at one half.</summary>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read.</exception>
    public static void WriteOverlay(string path, Slide slide, Heatmap heatmap)
    {
        using var image = ReadOverlay(slide, heatmap, OverlaySide);
        ImageFile.Write(path, image);
    }

    /// <summary>The same as a picture, its longest side given in pixels.</summary>
    public static Image ReadOverlay(Slide slide, Heatmap heatmap, int longest)
    {
        var image = slide.ReadThumbnail(longest).Image;
        var (bounds, grid) = (slide.Bounds, heatmap.Grid);
        var pixels = image.WritablePixels;
        for (var y = 0; y < image.Height; y++)
        {
            var slideY = bounds.At.Y + ((y + 0.5) * bounds.Height / image.Height);
            var row = Math.Min((int)(slideY / grid.CellHeight), grid.Rows - 1);
            for (var x = 0; x < image.Width; x++)
            {
                var slideX = bounds.At.X + ((x + 0.5) * bounds.Width / image.Width);
                var value = heatmap[Math.Min((int)(slideX / grid.CellWidth), grid.Columns - 1), row];
                if (!float.IsNaN(value))
                    Set(pixels[((y * image.Stride) + (3 * x))..], value, OverlayShare);
            }
        }
        return image;
    }

    private static void Set(Span<byte> pixel, float value, float share)
    {
        var (red, green, blue) = HeatmapColors.Of(value);
        pixel[0] = HeatmapColors.Blend(pixel[0], red, share);
        pixel[1] = HeatmapColors.Blend(pixel[1], green, share);
        pixel[2] = HeatmapColors.Blend(pixel[2], blue, share);
    }
}
