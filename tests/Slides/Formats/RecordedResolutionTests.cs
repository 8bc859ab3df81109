using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>What files say of their resolution: by which field, in which unit, and what of it is not believed.</summary>
public sealed class RecordedResolutionTests : IDisposable
{
    private static readonly (byte R, byte G, byte B)? Pink = (220, 150, 190);
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-mpp-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(TestSlides.Ours)]
    [InlineData(TestSlides.OpenSlide)]
    public void A_decimal_comma_of_the_scanner_is_read(string reader)
    {
        using var slide = Opened(Svs("AppMag = 20|MPP = 0,4990"), reader);
        Assert.Equal(new Mpp(0.499, 0.499), slide.Resolution.Mpp);
        Assert.Equal(ResolutionSource.Scanner, slide.Resolution.Source);
        Assert.Empty(slide.Notes);
    }

    [Theory]
    [InlineData(TestSlides.Ours)]
    [InlineData(TestSlides.OpenSlide)]
    public void A_field_of_the_scanner_that_cannot_be_read_is_told(string reader)
    {
        using var slide = Opened(Svs("MPP = none").PerCentimeter(20_000), reader);
        Assert.Equal(new Mpp(0.5, 0.5), slide.Resolution.Mpp);
        Assert.Contains("aperio.MPP is 'none'", slide.Notes[0], StringComparison.Ordinal);
        Assert.Contains("0.5 µm/px of XResolution", slide.Notes[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(72, 352.7778)]
    [InlineData(96, 264.5833)]
    public void What_no_slide_has_is_none(int dpi, double mpp)
    {
        using var slide = Opened(Plain().PerInch(dpi));
        Assert.Null(slide.Resolution.Mpp);
        Assert.Contains(FormattableString.Invariant($"{mpp} µm/px"), slide.Resolution.Field, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(150)]
    [InlineData(300)]
    [InlineData(600)]
    public void A_prints_resolution_is_doubted(int dpi)
    {
        using var slide = Opened(Plain().PerInch(dpi));
        Assert.Equal(25_400.0 / dpi, slide.Resolution.Mpp!.Value.X, 4);
        Assert.Contains($"{dpi} dots per inch", slide.Resolution.Doubt, StringComparison.Ordinal);
        Assert.Contains("XResolution, YResolution", slide.Resolution.Doubt, StringComparison.Ordinal);
        Assert.Contains("--slide-mpp", slide.Notes.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400_000, true)] // 0.025 µm
    [InlineData(100_000, false)] // 0.1 µm
    [InlineData(1000, false)] // 10 µm
    [InlineData(800, true)] // 12.5 µm
    public void Beyond_what_scanners_have_is_doubted(int perCentimeter, bool doubted)
    {
        using var slide = Opened(Plain().PerCentimeter(perCentimeter));
        Assert.Equal(doubted, slide.Resolution.Doubt is not null);
        Assert.Equal(1e4 / perCentimeter, slide.Resolution.Mpp!.Value.X, 6);
    }

    [Fact]
    public void What_the_user_says_is_not_doubted()
    {
        var path = Written(Plain().PerInch(300));
        var told = new List<string>();
        using (SlideFile.Open(path, new SlideOptions { Mpp = Mpp.Of(0.5), Noted = (_, note) => told.Add(note) }))
            Assert.Empty(told);
        using (SlideFile.Open(path, new SlideOptions { Noted = (_, note) => told.Add(note) }))
            Assert.Single(told);
    }

    [Fact]
    public void A_resolution_stored_as_whole_numbers_is_read()
    {
        using var slide = Opened(Plain().Longs(282, 20_000).Longs(283, 40_000).Shorts(296, 3));
        Assert.Equal(new Mpp(0.5, 0.25), slide.Resolution.Mpp);
    }

    // Units of the OME schema's UnitsLength, 2016-06.
    [Theory]
    [InlineData("0.5", null, 0.5)]
    [InlineData("0.5", "µm", 0.5)]
    [InlineData("0.5", "&#956;m", 0.5)]
    [InlineData("0.5", "\u23C2\u23B5m", 0.5)] // libvips 8.14 writes each byte of a micro sign as one of U+23xx
    [InlineData("500", "nm", 0.5)]
    [InlineData("0.0005", "mm", 0.5)]
    [InlineData("5000", "Å", 0.5)]
    [InlineData("5e-7", "m", 0.5)]
    [InlineData("0,25", "µm", 0.25)]
    public void The_physical_size_of_OME_is_read(string size, string? unit, double mpp)
    {
        using var slide = Opened(Plain().Text(270, Ome(128, 64, 3, size, unit)).PerInch(300));
        Assert.Equal(mpp, slide.Resolution.Mpp!.Value.X, 9);
        Assert.Equal(ResolutionSource.Scanner, slide.Resolution.Source);
        Assert.Contains("PhysicalSizeX", slide.Resolution.Field, StringComparison.Ordinal);
    }

    [Fact]
    public void The_physical_size_of_OME_is_read_beside_another_reader()
    {
        using var slide = Opened(
            MadeImage.Raw(128, 64, Pink, Pink).Text(270, Ome(128, 64, 3, "250", "nm")),
            TestSlides.OpenSlide
        );
        Assert.Equal(0.25, slide.Resolution.Mpp!.Value.X, 9);
    }

    [Theory]
    [InlineData(128, 64, "1", "pixel", "'1' in 'pixel'")]
    [InlineData(100, 64, "0.5", "µm", "no image of 128 × 64 pixels")]
    public void An_OME_size_that_says_nothing_is_told(int width, int height, string size, string unit, string said)
    {
        using var slide = Opened(Plain().Text(270, Ome(width, height, 3, size, unit)).PerCentimeter(20_000));
        Assert.Equal(0.5, slide.Resolution.Mpp!.Value.X, 9);
        Assert.Contains(said, slide.Notes.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(TestSlides.OpenSlide)]
    public void A_page_for_each_channel_is_refused(string? reader)
    {
        var path = Path.Combine(folder, "channels.ome.tif");
        MadeTiff.Write(
            path,
            MadeImage.Gray(128, 64, 200).Text(270, Ome(128, 64, 3, "0.5", null)),
            MadeImage.Gray(128, 64, 100),
            MadeImage.Gray(128, 64, 50)
        );
        var error = Assert.Throws<UnreadableSlideException>(() =>
            SlideFile.Open(path, new SlideOptions { Reader = reader }).Dispose()
        );
        Assert.Contains("a page for each of its 3 channels", error.Message, StringComparison.Ordinal);
        Assert.True(SlideFile.IsSlide(path), "as an image its first page would be all of it");
    }

    private static MadeImage Plain() => MadeImage.Jpeg(128, 64, Pink, Pink);

    private static MadeImage Svs(string fields) =>
        Plain().Text(270, $"Aperio Image Library v12.0.15\r\n128x64 (64x64) JPEG/RGB Q=30|{fields}");

    private static string Ome(int width, int height, int channels, string size, string? unit)
    {
        var units = unit is null ? "" : $" PhysicalSizeXUnit=\"{unit}\" PhysicalSizeYUnit=\"{unit}\"";
        return "<?xml version=\"1.0\"?><OME xmlns=\"http://www.openmicroscopy.org/Schemas/OME/2016-06\"><Image ID=\"Image:0\">"
            + $"<Pixels ID=\"Pixels:0\" DimensionOrder=\"XYCZT\" Type=\"uint8\" SizeX=\"{width}\" SizeY=\"{height}\" "
            + $"SizeC=\"{channels}\" SizeZ=\"1\" SizeT=\"1\" PhysicalSizeX=\"{size}\" PhysicalSizeY=\"{size}\"{units}/></Image></OME>";
    }

    private Slide Opened(MadeImage image, string? reader = null) =>
        SlideFile.Open(Written(image), new SlideOptions { Reader = reader });

    private string Written(MadeImage image)
    {
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.tif");
        MadeTiff.Write(path, image);
        return path;
    }
}
