using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>What is written comes back through both readers.</summary>
public sealed class PyramidWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-pyramid-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(TestSlides.Ours)]
    [InlineData(TestSlides.OpenSlide)]
    public void Levels_tiles_and_resolution_come_back(string reader)
    {
        var options = new PyramidOptions { Mpp = new Mpp(0.2431, 0.2433) };
        using var slide = TestSlides.Open(TestSlides.Write(folder, 3001, 1700, options), reader);
        Assert.Equal(
            [(3001L, 1700L), (1501, 850), (751, 425), (376, 213)],
            slide.Levels.Select(level => (level.Width, level.Height))
        );
        Assert.Equal(0.2431, slide.Resolution.Mpp!.Value.X, 1e-6);
        Assert.Equal(0.2433, slide.Resolution.Mpp!.Value.Y, 1e-6);
        Assert.Equal(ResolutionSource.TiffTag, slide.Resolution.Source);
    }

    [Fact]
    public void Every_level_is_the_mean_of_the_finest()
    {
        static void Smooth(int x, int y, Image tile)
        {
            for (var row = 0; row < tile.Height; row++)
            {
                for (var column = 0; column < tile.Width; column++)
                {
                    var (red, green) = ((byte)((x + column) / 8), (byte)((y + row) / 8));
                    ReadOnlySpan<byte> pixel = [red, green, 200];
                    pixel.CopyTo(tile.WritablePixels[((row * tile.Stride) + (column * 3))..]);
                }
            }
        }
        var path = Path.Combine(folder, "smooth.tif");
        PyramidWriter.Write(path, 2000, 1900, new PyramidOptions { Quality = 100 }, Smooth);
        using var slide = SlideFile.Open(path);
        foreach (var level in slide.Levels)
        {
            using var image = new Image((int)level.Width, (int)level.Height);
            slide.ReadLevel(level.Index, new LevelPoint(0, 0), image);
            var scale = 1 << level.Index;
            for (var y = 2; y < image.Height - 2; y += 31)
            {
                for (var x = 2; x < image.Width - 2; x += 31)
                {
                    Assert.Equal((x + 0.5) * scale / 8, image.Row(y)[3 * x] + 0.5, tolerance: 4);
                    Assert.Equal((y + 0.5) * scale / 8, image.Row(y)[(3 * x) + 1] + 0.5, tolerance: 4);
                }
            }
        }
    }

    [Fact]
    public void Empty_glass_is_stored_once()
    {
        var path = Path.Combine(folder, "glass.tif");
        PyramidWriter.Write(path, 20_000, 20_000, new PyramidOptions(), static (_, _, _) => { });
        Assert.InRange(new FileInfo(path).Length, 1, 400_000);
        using var slide = SlideFile.Open(path);
        using var image = new Image(300, 300);
        Assert.Equal(0, slide.ReadLevel(0, new LevelPoint(19_000, 100), image));
        Assert.True(image.Pixels.IndexOfAnyExcept((byte)255) < 0);
    }

    [Fact]
    public void A_painter_that_fails_leaves_no_file()
    {
        var path = Path.Combine(folder, "failed.tif");
        Assert.Throws<InvalidOperationException>(() =>
            PyramidWriter.Write(path, 600, 600, new(), static (_, _, _) => throw new InvalidOperationException())
        );
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData(100, 85, "TileSide is 100")]
    [InlineData(256, 0, "Quality is 0")]
    public void Options_out_of_range_are_named(int tile, int quality, string text)
    {
        var options = new PyramidOptions { TileSide = tile, Quality = quality };
        var path = Path.Combine(folder, "never.tif");
        var error = Assert.Throws<ArgumentException>(() =>
            PyramidWriter.Write(path, 10, 10, options, TestSlides.Paint)
        );
        Assert.Contains(text, error.Message);
    }
}
