using Coverslip.Learning.Masks;
using Coverslip.Slides.Images;
using MaskSegmentation = Coverslip.Learning.Masks.Segmentation;

namespace Coverslip.Learning.Tests.Masks;

public sealed class MaskStoreTests : IDisposable
{
    private static readonly MaskOptions Options = new();
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"masks-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static (Image Image, MaskResult Result) Made(MaskRules rules)
    {
        var image = new Image(4, 2);
        for (var i = 0; i < image.ByteCount; i++)
            image.WritablePixels[i] = (byte)(i < 12 ? 60 + 80 * (i / 3 % 2) : 240);
        var segmentation = new MaskSegmentation([0, 0, 0, 0, 1, 1, 1, 1], 2, 9, Stopped: true);
        return (image, new MaskMaker(Options, rules).Judge(image, segmentation));
    }

    [Fact]
    public void What_was_added_is_there_again()
    {
        var (image, result) = Made(MaskRules.Published);
        using (image)
        {
            var store = MaskStore.Open(folder, Options, MaskRules.Published);
            store.Add("a/x, 1.jpg", image, result);
            store.Save();
        }
        var again = MaskStore.Open(folder, Options, MaskRules.Published);
        Assert.True(again.Has("a/x, 1.jpg"));
        Assert.False(again.Has("a/y.jpg"));
        var row = again.Row("a/x, 1.jpg")!;
        Assert.Equal((2, 9, 0.5), (row.Labels, row.Steps, row.ShareValid));
        Assert.Equal(result.Reason, row.Reason);
        Assert.Equal(result.Areas.Select(a => a.Failed), row.Areas.Select(a => a.Failed));
        using var mask = MaskStore.Read(folder).ReadMask("a/x, 1.jpg");
        Assert.Equal([255, 255, 255, 255, 0, 0, 0, 0], mask.Pixels.ToArray());
    }

    [Fact]
    public void Other_rules_judge_the_stored_segmentation_anew_and_other_options_are_refused()
    {
        var (image, result) = Made(MaskRules.Published);
        using (image)
        {
            var store = MaskStore.Open(folder, Options, MaskRules.Published);
            store.Add("x.png", image, result);
            store.Save();
        }
        var rejudged = MaskStore.Open(folder, Options, new MaskRules { High = 250 });
        Assert.False(rejudged.Has("x.png"));
        Assert.Equal(result.Segmentation.Labels, rejudged.Segmentation("x.png", 4, 2)!.Labels);
        Assert.Equal(9, rejudged.Segmentation("x.png", 4, 2)!.Steps);
        Assert.Null(rejudged.Segmentation("x.png", 8, 1));
        var error = Assert.Throws<InvalidOperationException>(() =>
            MaskStore.Open(folder, Options with { Seed = 2 }, MaskRules.Published)
        );
        Assert.Contains("--force", error.Message);
        Assert.Null(
            MaskStore
                .Open(folder, Options with { Seed = 2 }, MaskRules.Published, force: true)
                .Segmentation("x.png", 4, 2)
        );
    }

    [Fact]
    public void Masks_of_images_of_another_stain_are_refused()
    {
        MaskStore.Open(folder, Options with { Stain = "0a" }, MaskRules.Published);
        MaskStore.Open(folder, Options with { Stain = "0a" }, MaskRules.Published);
        foreach (var stain in (string?[])["0b", null])
            Assert.Contains(
                "of another stain",
                Assert
                    .Throws<InvalidOperationException>(() =>
                        MaskStore.Open(folder, Options with { Stain = stain }, MaskRules.Published)
                    )
                    .Message
            );
        // Without a stain the settings are those of folders made before there was one.
        MaskStore.Open(folder + "-plain", Options, MaskRules.Published);
        var settings = File.ReadAllText(Path.Combine(folder + "-plain", "settings.json"));
        Directory.Delete(folder + "-plain", recursive: true);
        Assert.DoesNotContain("stain", settings);
    }

    [Fact]
    public void Two_images_of_one_name_are_refused()
    {
        var store = MaskStore.Open(folder, Options, MaskRules.Published);
        store.MaskPath("x.jpg");
        Assert.Contains("x.jpg", Assert.Throws<ArgumentException>(() => store.MaskPath("x.png")).Message);
        Assert.Throws<DirectoryNotFoundException>(() => MaskStore.Read(folder + "-none"));
    }
}
