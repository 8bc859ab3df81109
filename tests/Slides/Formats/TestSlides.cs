using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Tests;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>Slides that tests write, and both readers' pixels of them.</summary>
internal static class TestSlides
{
    public const string Ours = "tiled-jpeg-tiff";
    public const string OpenSlide = "openslide";

    /// <summary>A real slide, or a skipped test.</summary>
    public static string Real(string name) => Path.Combine(TestData.Folder("wsi"), name);

    /// <summary>Writes a slide in which every tile differs: noise over a ramp, so that JPEG keeps structure.</summary>
    public static string Write(string folder, int width, int height, PyramidOptions? options = null)
    {
        var path = Path.Combine(folder, $"{width}x{height}-{Guid.NewGuid():N}.tif");
        PyramidWriter.Write(path, width, height, options ?? new PyramidOptions(), Paint);
        return path;
    }

    public static void Paint(int x, int y, Image tile)
    {
        var pixels = tile.WritablePixels;
        for (var row = 0; row < tile.Height; row++)
        {
            for (var column = 0; column < tile.Width; column++)
            {
                var (px, py) = (x + column, y + row);
                var at = (row * tile.Stride) + (column * 3);
                var grain = ((px * 73856093) ^ (py * 19349663)) >> 5 & 31;
                pixels[at] = (byte)((px / 3) + grain);
                pixels[at + 1] = (byte)((py / 2) + grain);
                pixels[at + 2] = (byte)(((px + py) / 7) + (2 * grain));
            }
        }
    }

    public static Slide Open(string path, string reader, Mpp? mpp = null) =>
        SlideFile.Open(path, new SlideOptions { Reader = reader, Mpp = mpp });

    /// <summary>Pixels of a level, and how many lie outside.</summary>
    public static (byte[] Pixels, long Outside) Read(Slide slide, int level, LevelPoint at, PixelSize size)
    {
        using var image = new Image(size.Width, size.Height);
        image.WritablePixels.Fill(77);
        var outside = slide.ReadLevel(level, at, image);
        return (image.Pixels.ToArray(), outside);
    }

    /// <summary>Asserts equal pixels and equal counts of pixels outside.</summary>
    public static void AssertEqual(Slide ours, Slide other, int level, LevelPoint at, PixelSize size)
    {
        var (mine, outside) = Read(ours, level, at, size);
        var (its, empty) = Read(other, level, at, size);
        var where = $"{size} at {at} of level {level} of {Path.GetFileName(ours.Path)}";
        Assert.True(outside == empty, $"{where}: {outside} pixels outside, OpenSlide {empty}");
        var same = mine.AsSpan().CommonPrefixLength(its);
        Assert.True(same == mine.Length, $"{where}: sample {same} of {mine.Length} differs");
    }
}
