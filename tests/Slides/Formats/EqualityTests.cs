using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>Our own path gives OpenSlide's pixels, inside, across tiles and beyond the edges.</summary>
public sealed class EqualityTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-equal-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("cmu-1-small-region.svs", 240)]
    [InlineData("small.svs", 64)]
    public void Real_slides_read_as_OpenSlide_reads_them(string name, int tile)
    {
        var path = TestSlides.Real(name);
        using var ours = TestSlides.Open(path, TestSlides.Ours);
        using var other = TestSlides.Open(path, TestSlides.OpenSlide);
        Assert.Equal(
            other.Levels.Select(level => (level.Width, level.Height)),
            ours.Levels.Select(level => (level.Width, level.Height))
        );
        Assert.Equal(other.Resolution.Mpp, ours.Resolution.Mpp);
        AssertEverywhere(ours, other, tile, regions: 120);
    }

    [Theory]
    // Sides that halve without a remainder: OpenSlide's places are whole at every level.
    [InlineData(2048, 1536, 256)]
    [InlineData(1920, 2560, 240)]
    [InlineData(4096, 512, 128)]
    public void Pyramids_read_as_OpenSlide_reads_them(int width, int height, int tile)
    {
        var path = TestSlides.Write(folder, width, height, new PyramidOptions { TileSide = tile });
        using var ours = TestSlides.Open(path, TestSlides.Ours);
        using var other = TestSlides.Open(path, TestSlides.OpenSlide);
        Assert.Equal(other.Levels, ours.Levels);
        AssertEverywhere(ours, other, tile, regions: 60);
    }

    [Theory]
    [InlineData(1001, 777)]
    [InlineData(256, 255)]
    [InlineData(17, 1)]
    public void Odd_sides_read_as_OpenSlide_reads_them_at_level_0(int width, int height)
    {
        var path = TestSlides.Write(folder, width, height, new PyramidOptions { Downsamples = [1] });
        using var ours = TestSlides.Open(path, TestSlides.Ours);
        using var other = TestSlides.Open(path, TestSlides.OpenSlide);
        AssertEverywhere(ours, other, 256, regions: 60);
    }

    [Fact]
    public void A_small_cache_and_none_give_the_same_pixels()
    {
        var path = TestSlides.Write(folder, 2048, 2048);
        using var ours = SlideFile.Open(path, new SlideOptions { Reader = TestSlides.Ours, CacheBytes = 400_000 });
        using var uncached = SlideFile.Open(path, new SlideOptions { Reader = TestSlides.Ours, CacheBytes = 0 });
        for (var y = -100; y < 2048; y += 190)
        {
            for (var x = -100; x < 2048; x += 190)
                TestSlides.AssertEqual(ours, uncached, 0, new LevelPoint(x, y), new PixelSize(256, 256));
        }
    }

    /// <summary>Every corner and edge, tile by tile, and random rectangles; the seed is fixed.</summary>
    private static void AssertEverywhere(Slide ours, Slide other, int tile, int regions)
    {
        var random = new Random(20_261_121);
        foreach (var level in ours.Levels)
        {
            var (width, height) = ((int)level.Width, (int)level.Height);
            var (lastX, lastY) = (width / tile * tile, height / tile * tile);
            (int X, int Y)[] places =
            [
                (0, 0),
                (-tile / 2, -tile / 2),
                (lastX, 0),
                (0, lastY),
                (lastX, lastY),
                (width - 1, height - 1),
                (width, height),
                (-tile, 0),
            ];
            foreach (var (x, y) in places)
                TestSlides.AssertEqual(ours, other, level.Index, new LevelPoint(x, y), new PixelSize(tile, tile));
            for (var i = 0; i < regions; i++)
            {
                var at = new LevelPoint(random.Next(-300, width + 50), random.Next(-300, height + 50));
                var size = new PixelSize(random.Next(1, 700), random.Next(1, 700));
                TestSlides.AssertEqual(ours, other, level.Index, at, size);
            }
        }
    }
}
