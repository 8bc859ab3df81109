using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>What of a TIFF's images are levels, and tiles that were left out.</summary>
public sealed class PyramidLevelTests : IDisposable
{
    private const string Header = "Aperio Leica Biosystems GT450 v1.0.1\r\n";
    private static readonly (byte R, byte G, byte B)? Pink = (220, 150, 190),
        Green = (60, 200, 60);
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-levels-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(TestSlides.Ours, "label 40x40", 1, 40)]
    [InlineData(TestSlides.OpenSlide, "label 40x40", 1, 40)]
    [InlineData(TestSlides.Ours, "macro 32x16", 9, 32)]
    [InlineData(TestSlides.Ours, "32x16 (64x64)", 9, 32)]
    [InlineData(TestSlides.Ours, "40x40 (64x64)", 0, 40)]
    public void A_picture_of_label_or_macro_is_no_level(string reader, string says, int subfile, int width)
    {
        var path = Path.Combine(folder, "a.svs");
        MadeTiff.Write(
            path,
            MadeImage.Jpeg(128, 64, Pink, Pink).Text(270, $"{Header}128x64 (64x64) JPEG/RGB|MPP = 0.25"),
            MadeImage.Jpeg(64, 32, Pink).Text(270, $"{Header}128x64 (64x64) -> 64x32 JPEG/RGB"),
            MadeImage.Jpeg(width, width == 40 ? 40 : 16, Green).Text(270, Header + says).Longs(254, subfile)
        );
        using var slide = TestSlides.Open(path, reader);
        Assert.Equal([128L, 64L], slide.Levels.Select(level => level.Width));
        Assert.Contains("TIFF directory 2", slide.Notes.Single(), StringComparison.Ordinal);
        using var thumbnail = slide.ReadThumbnail(16);
        Assert.True(thumbnail.Image.Pixels[0] > 200, "the thumbnail is of the label");
    }

    [Fact]
    public void A_reduced_image_of_other_proportions_is_no_level()
    {
        var path = Path.Combine(folder, "b.tif");
        MadeTiff.Write(
            path,
            MadeImage.Jpeg(128, 64, Pink, Pink).PerCentimeter(20_000),
            MadeImage.Jpeg(64, 32, Pink).Longs(254, 1),
            MadeImage.Jpeg(60, 60, Green).Longs(254, 1)
        );
        using var slide = SlideFile.Open(path);
        Assert.Equal(TestSlides.Ours, slide.Reader.Name);
        Assert.Equal(2, slide.Levels.Count);
        Assert.Contains("60 × 60", slide.Notes.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, TestSlides.Ours)]
    [InlineData(false, TestSlides.OpenSlide)]
    public void Tiles_without_data_are_white_and_counted(bool jpeg, string reader)
    {
        var path = Path.Combine(folder, "sparse.tif");
        // 200 × 130: 4 × 3 tiles, of which the second, and all of the last row, have no data.
        (byte, byte, byte)?[] tiles = [Pink, null, Pink, Pink, Pink, Pink, Pink, Pink, null, null, null, null];
        MadeTiff.Write(path, jpeg ? MadeImage.Jpeg(200, 130, tiles) : MadeImage.Raw(200, 130, tiles));
        using var slide = SlideFile.Open(path);
        Assert.Equal(reader, slide.Reader.Name);
        Assert.Contains("5 of 12 tiles of level 0 have no data", slide.Notes.Single(), StringComparison.Ordinal);

        // From (40, −6) on: 24 and 24 columns beside the empty tile, 6 rows above the slide.
        var (pixels, outside) = TestSlides.Read(slide, 0, new LevelPoint(40, -6), new PixelSize(112, 46));
        Assert.Equal((112 * 6) + (64 * 40), outside);
        for (var x = 0; x < 112; x++)
        {
            Assert.Equal(255, pixels[((5 * 112) + x) * 3]);
            var isEmpty = x is >= 24 and < 88;
            Assert.Equal(isEmpty, pixels[((6 * 112) + x) * 3] == 255);
        }
        var (last, below) = TestSlides.Read(slide, 0, new LevelPoint(190, 126), new PixelSize(20, 10));
        Assert.Equal((20 * 10) - (10 * 2), below);
        Assert.NotEqual(255, last[0]);
        Assert.Equal(255, last[^1]);
    }

    [Fact]
    public void Strips_are_refused_with_the_way_to_tiles()
    {
        var path = Path.Combine(folder, "strips.tif");
        using (var image = new Image(64, 64))
            ImageFile.Write(path, image);
        var error = Assert.Throws<UnreadableSlideException>(() => SlideFile.Open(path).Dispose());
        Assert.Contains("not tiled", error.Message, StringComparison.Ordinal);
        Assert.Contains("vips tiffsave", error.Message, StringComparison.Ordinal);
        Assert.False(SlideFile.IsSlide(path));
    }
}
