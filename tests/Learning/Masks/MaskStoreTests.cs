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
        Assert.Contains("segmentation.seed was 1, is 2; 'coverslip mask --recipe RECIPE --force'", error.Message);
        Assert.Null(
            MaskStore
                .Open(folder, Options with { Seed = 2 }, MaskRules.Published, force: true)
                .Segmentation("x.png", 4, 2)
        );
    }

    [Fact]
    public void Masks_of_images_of_another_stain_are_refused()
    {
        for (var call = 0; call < 2; call++)
            MaskStore.Open(folder, Options with { Stain = "0a" }, MaskRules.Published).Missing([], told.Add);
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
        MaskStore.Open(folder + "-plain", Options, MaskRules.Published).Missing([], told.Add);
        var settings = File.ReadAllText(Path.Combine(folder + "-plain", "settings.json"));
        Directory.Delete(folder + "-plain", recursive: true);
        Assert.DoesNotContain("stain", settings);
    }

    [Fact]
    public void A_mask_is_made_anew_where_the_picture_was_replaced()
    {
        var picture = Picture("x.png", "one");
        Make(MaskRules.Published, ("x.png", picture));
        Assert.Empty(Missing(MaskRules.Published, ("x.png", picture)));
        Picture("x.png", "two");
        Assert.Equal(["x.png"], Missing(MaskRules.Published, ("x.png", picture)));
        Assert.Matches("^x.png: mask made anew: the picture was [0-9a-f]{64}, is [0-9a-f]{64}$", Assert.Single(told));
        // Not even its segmentation counts, and a call that ends here leaves none behind.
        Assert.Null(MaskStore.Open(folder, Options, MaskRules.Published).Segmentation("x.png", 4, 2));
    }

    [Fact]
    public void Rows_of_earlier_calls_stay_and_say_by_which_rules_they_were_judged()
    {
        (string, string) a = ("a.png", Picture("a.png", "a")),
            b = ("b.png", Picture("b.png", "b"));
        Make(MaskRules.Published, a, b);
        var rules = new MaskRules { High = 250 };
        Make(rules, a);
        Assert.Equal(["a.png", "b.png"], MaskStore.Read(folder).Rows.Select(r => r.Image).Order());
        Assert.Equal(["b.png"], Missing(rules, a, b));
        Assert.Empty(told);
    }

    [Fact]
    public void Another_picture_of_the_same_name_is_refused_and_the_same_one_is_known_elsewhere()
    {
        var first = Picture("first/x.png", "one");
        Make(MaskRules.Published, (first, first));
        var other = Picture("other/x.png", "two");
        var error = Assert.Throws<InvalidDataException>(() => Missing(MaskRules.Published, (other, other)));
        Assert.Contains($"is of {first}, and {other}, which is another file", error.Message);
        Assert.Throws<ArgumentException>(() => Missing(MaskRules.Published, (first, first), (other, other)));
        var moved = Picture("moved/x.png", "one");
        Assert.Empty(Missing(MaskRules.Published, (moved, moved)));
    }

    [Fact]
    public void A_threshold_that_a_rules_file_does_not_name_is_the_published_one() =>
        Assert.Equal(MaskRules.Published with { High = 250 }, MaskRules.Parse("{\"high\": 250}", "rules.json"));

    [Fact]
    public void Masks_of_before_there_were_hashes_are_made_anew()
    {
        var picture = ("x.png", Picture("x.png", "one"));
        Make(MaskRules.Published, picture);
        var table = Path.Combine(folder, "masks.csv");
        File.WriteAllLines(table, File.ReadAllLines(table).Select(l => string.Join(',', l.Split(',')[..6])));
        Assert.Equal(["x.png"], Missing(MaskRules.Published, picture));
        Assert.Contains("an earlier version made it", Assert.Single(told));
        // Settings as they were written then are read, the device and numbers for words in them.
        var settings = Path.Combine(folder, "settings.json");
        File.WriteAllText(
            settings,
            File.ReadAllText(settings).Replace("\"mode\": \"Fast\"", "\"mode\": 1, \"device\": {\"is_cuda\": false}")
        );
        Assert.Contains("is_cuda", File.ReadAllText(settings));
        MaskStore.Open(folder, Options, MaskRules.Published);
    }

    [Theory]
    [InlineData(
        "settings.json",
        "{\"mine\":1}",
        "settings.json is JSON that begins with '{\"mine\":1}', and not the settings"
    )]
    [InlineData("masks.csv", "name,age\n", "masks.csv is text that begins with 'name,age', and no table")]
    [InlineData("areas.csv", "name;age\n", "areas.csv is text that begins with 'name;age', and no table")]
    [InlineData("masks/x.png", "mine", "x.png is there already, in a folder without settings.json")]
    [InlineData("labels/x.png", "mine", "x.png is there already, in a folder without settings.json")]
    [InlineData("overlays/x.png", "mine", "x.png is there already, in a folder without settings.json")]
    public void A_folder_with_files_of_the_users_of_these_names_is_left_as_it_is(string name, string mine, string said)
    {
        var (path, picture) = (Path.Combine(folder, name), Picture("x.png", "one"));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, mine);
        foreach (var force in (bool[])[false, true])
        {
            void Open() =>
                MaskStore.Open(folder, Options, MaskRules.Published, force).Missing([("x.png", picture)], told.Add);
            var error = Assert.ThrowsAny<Exception>(Open);
            Assert.True(error is IOException or InvalidDataException);
            Assert.Contains(said, error.Message);
            Assert.DoesNotContain("JSON deserialization", error.Message);
        }
        Assert.Equal(mine, File.ReadAllText(path));
        Assert.Equal(2, Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Masks_whose_settings_are_lost_are_still_known_by_their_table()
    {
        var picture = Picture("x.png", "one");
        Make(MaskRules.Published, ("x.png", picture));
        File.Delete(Path.Combine(folder, "settings.json"));
        Assert.Empty(Missing(MaskRules.Published, ("x.png", picture)));
    }

    private readonly List<string> told = [];

    private string Picture(string name, string text)
    {
        var path = Path.Combine(folder, "pictures", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private string[] Missing(MaskRules rules, params (string Name, string Path)[] images) =>
        [.. MaskStore.Open(folder, Options, rules).Missing(images, told.Add).Select(i => i.Name)];

    private void Make(MaskRules rules, params (string Name, string Path)[] images)
    {
        var store = MaskStore.Open(folder, Options, rules);
        foreach (var (name, _) in store.Missing(images, told.Add))
        {
            var (image, result) = Made(rules);
            using (image)
                store.Add(name, image, result);
        }
        store.Save();
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
