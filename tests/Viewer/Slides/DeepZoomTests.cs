using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Viewer.Slides;

namespace Coverslip.Viewer.Tests.Slides;

public sealed class DeepZoomTests(ViewedPhantoms phantoms)
{
    /// <summary>Whatever the slide's sides: every pixel of every level lies in exactly one tile.</summary>
    [Fact]
    public void Tiles_of_a_level_cover_it_once()
    {
        var random = new SeededRandom(1);
        for (var trial = 0; trial < 200; trial++)
        {
            var zoom = new DeepZoom(1 + random.Below(200_000), 1 + random.Below(200_000));
            Assert.Equal((1L, 1L), zoom.SizeOf(0));
            Assert.Equal((zoom.Width, zoom.Height), zoom.SizeOf(zoom.MaxLevel));
            var level = random.Below(zoom.MaxLevel + 1);
            var (width, height) = zoom.SizeOf(level);
            long columns = 0,
                rows = 0;
            for (long column = 0; zoom.Tile(level, column, 0) is { } tile; column++)
                columns += tile.Size.Width;
            for (long row = 0; zoom.Tile(level, 0, row) is { } tile; row++)
                rows += tile.Size.Height;
            Assert.Equal((width, height), (columns, rows));
        }
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(11, 0, 0)]
    [InlineData(10, 2, 0)]
    [InlineData(10, 0, 2)]
    [InlineData(10, -1, 0)]
    [InlineData(10, long.MaxValue, 0)]
    public void Beyond_the_slide_there_is_no_tile(int level, long column, long row) =>
        Assert.Null(new DeepZoom(1024, 1000).Tile(level, column, row));

    /// <summary>A tile has the pixels that the level, read as one region, has there.</summary>
    [Fact]
    public void A_tile_is_what_the_reader_gives_of_its_place()
    {
        using var slide = SlideFile.Open(Path.Combine(phantoms.Folder, "slides", "a.tif"));
        var zoom = new DeepZoom(slide.Levels[0].Width, slide.Levels[0].Height);
        for (var level = 5; level <= zoom.MaxLevel; level++)
        {
            var (width, height) = zoom.SizeOf(level);
            using var whole = slide.ReadAt(
                new SlidePoint(0, 0),
                new PixelSize((int)width, (int)height),
                1L << (zoom.MaxLevel - level)
            );
            for (long row = 0; zoom.Tile(level, 0, row) is not null; row++)
            for (long column = 0; zoom.Tile(level, column, row) is { } tile; column++)
            {
                using var region = slide.ReadAt(tile.At, tile.Size, tile.Step);
                for (var y = 0; y < tile.Size.Height; y++)
                    Assert.True(
                        region
                            .Image.Pixels.Slice(y * region.Image.Stride, tile.Size.Width * 3)
                            .SequenceEqual(
                                whole.Image.Pixels.Slice(
                                    (int)(((row * DeepZoom.Side) + y) * whole.Image.Stride)
                                        + (int)(column * DeepZoom.Side * 3),
                                    tile.Size.Width * 3
                                )
                            ),
                        $"row {y} of tile {column}, {row} of level {level}"
                    );
            }
        }
    }
}
