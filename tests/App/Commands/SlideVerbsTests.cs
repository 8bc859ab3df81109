using System.Text.Json;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>The verbs under slide as a user calls them.</summary>
[Collection("console")]
public sealed class SlideVerbsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_phantom_is_painted_looked_at_and_cut()
    {
        var slide = At("phantom.tif");
        VerbCall.Run(0, "slide", "phantom", slide, "--width", "3000", "--height", "2000", "--seed", "4");

        var info = VerbCall.Run(0, "slide", "info", slide).Output;
        Assert.Contains("tiled-jpeg-tiff: BigTIFF, every level in JPEG tiles", info);
        Assert.Contains("0.25 µm/px (XResolution, YResolution)", info);
        Assert.Contains("3000 × 2000, 1/1", info);
        using var facts = JsonDocument.Parse(VerbCall.Run(0, "slide", "info", slide, "--json").Output);
        Assert.Equal("TiffTag", facts.RootElement.GetProperty("mppSource").GetString());
        Assert.Equal(4, facts.RootElement.GetProperty("levels").GetArrayLength());

        VerbCall.Run(0, "slide", "thumbnail", slide, "--size", "300", "--out", At("small.png"));
        using var small = ImageFile.Read(At("small.png"));
        Assert.Equal((300, 200), (small.Width, small.Height));
        var tissue = Enumerable.Range(0, 300 * 200).Count(i => small.Pixels[(3 * i) + 1] < 215);
        Assert.InRange(tissue / (300.0 * 200), 0.1, 0.5);

        string[] region = ["slide", "region", slide, "--x", "2900", "--y", "100", "--mpp", "0.5"];
        var said = VerbCall.Run(0, [.. region, "--out", At("patch.png")]).Output;
        Assert.Contains(
            "256 × 256 at 0.5 µm/px, pixels of level 1; 80.47 % of it is white: the slide has nothing there",
            said
        );
        using var open = SlideFile.Open(slide);
        using var expected = new Image(256, 256);
        open.ReadLevel(1, new LevelPoint(1450, 50), expected);
        using var found = ImageFile.Read(At("patch.png"));
        Assert.True(expected.Pixels.SequenceEqual(found.Pixels), "not the level's pixels");
    }

    [Fact]
    public void The_same_seed_paints_the_same_slide_and_another_one_does_not()
    {
        string[] size = ["--width", "700", "--height", "600"];
        foreach (var (name, seed) in new[] { ("a.tif", "1"), ("b.tif", "1"), ("c.tif", "2") })
            VerbCall.Run(0, ["slide", "phantom", At(name), .. size, "--seed", seed]);
        Assert.Equal(File.ReadAllBytes(At("a.tif")), File.ReadAllBytes(At("b.tif")));
        Assert.NotEqual(File.ReadAllBytes(At("a.tif")), File.ReadAllBytes(At("c.tif")));
    }

    [Fact]
    public void What_is_wrong_with_a_slide_is_one_line()
    {
        File.WriteAllText(At("text.svs"), "no slide");
        var (_, errors) = VerbCall.Run(1, "slide", "info", At("text.svs"));
        Assert.StartsWith($"error: slide {At("text.svs")}: no reader takes it (tiled-jpeg-tiff: not a TIFF", errors);
        Assert.Single(errors.Trim().Split('\n'));
    }

    [Theory]
    [InlineData(2, "slide")]
    [InlineData(1, "slide", "info", "nowhere.svs")]
    [InlineData(2, "slide", "info", "a.svs", "--slide-mpp", "0")]
    [InlineData(2, "slide", "info", "a.svs", "--reader", "bioformats")]
    [InlineData(2, "slide", "thumbnail", "a.svs", "--size", "3", "--out", "a.png")]
    [InlineData(2, "slide", "region", "a.svs", "--x", "0", "--y", "0", "--out", "a.png")]
    [InlineData(2, "slide", "region", "a.svs", "--x", "0", "--y", "0", "--mpp", "900", "--out", "a.png")]
    [InlineData(1, "slide", "phantom", "a.tif", "--tissue", "3")]
    public void Wrong_usage_is_2_and_failure_is_1(int code, params string[] args) => VerbCall.Run(code, args);

    private string At(string name) => Path.Combine(folder, name);
}
