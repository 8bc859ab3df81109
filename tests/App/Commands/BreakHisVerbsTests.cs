using Coverslip.Evaluation.Splits;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>BreakHis from the folder as distributed to a split, as a user calls it.</summary>
[Collection("console")]
public sealed class BreakHisVerbsTests : IDisposable
{
    private static readonly (string Class, string Type, string Subtype, string Slide)[] Slides =
    [
        ("benign", "adenosis", "A", "22549AB"),
        ("benign", "adenosis", "A", "22549CD"),
        ("benign", "fibroadenoma", "F", "9133"),
        ("benign", "tubular_adenoma", "TA", "3411F"),
        ("malignant", "ductal_carcinoma", "DC", "13412"),
        ("malignant", "lobular_carcinoma", "LC", "13412"),
        ("malignant", "ductal_carcinoma", "DC", "17901"),
        ("malignant", "papillary_carcinoma", "PC", "9146"),
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public BreakHisVerbsTests()
    {
        foreach (var (index, slide) in Slides.Index())
        foreach (var magnification in (int[])[40, 100, 200, 400])
        {
            var path = At($"BreaKHis_v1/histology_slides/breast/{PathOf(slide, magnification)}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var image = new Image(7, 5);
            image.WritablePixels.Fill((byte)(index * 20));
            image.WritablePixels[0] = (byte)(magnification / 2);
            ImageFile.Write(path, image);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_part_of_the_collection_is_counted_beside_what_was_published()
    {
        string[] call = ["cohort", At("BreaKHis_v1"), "--layout", "breakhis", "--out", At("cohort.csv")];
        var all = PhantomRuns.Call(0, call);
        Assert.Contains("40×   benign 4 of 625 (differs)   malignant 4 of 1,370 (differs)", all);
        Assert.Contains("400×  benign 4 of 588 (differs)   malignant 4 of 1,232 (differs)", all);
        Assert.Contains("slides  8 of 82", all);
        Assert.Contains("slide 13412 stands under DC and LC; it is one patient", all);
        Assert.Contains("8 counts differ: 32 images, not 7,909", all);
        Assert.Contains("patients  6,", all); // 22549AB and 22549CD taken for one

        Assert.Contains("cohort.csv is there already", PhantomRuns.Call(1, call));
        File.Delete(At("cohort.csv"));
        var one = PhantomRuns.Call(0, [.. call, "--keep-letters", "--magnification", "200"]);
        Assert.Contains("2 counts differ: 8 images, not 2,013", one);
        Assert.DoesNotContain("400×", one);
        Assert.Contains("patients  7,", one);
    }

    [Fact]
    public void Distributed_folds_become_a_split_patient_wise_or_image_wise()
    {
        var cohort = Cohort("40");
        var files = Enumerable.Range(1, 2).Select(Fold).ToArray();
        string[] call = ["split", "--cohort", cohort, "--breakhis-folds", .. files, "--seed", "1"];
        var refused = PhantomRuns.Call(1, [.. call, "--out", At("split.json")]);
        Assert.Contains("dsfold1.txt: patient 13412 is on both sides", refused);
        Assert.False(File.Exists(At("split.json")), "nothing is written");

        var said = PhantomRuns.Call(0, [.. call, "--shared", "train", "--out", At("split.json")]);
        Assert.Contains("dsfold1.txt: 8 of 32 images are in the cohort", said);
        Assert.Contains("on both sides, now whole in train: 13412", said);
        Assert.DoesNotContain("inflated", said);
        var loaded = Evaluation.Cohorts.Cohort.Load(cohort);
        var split = Split.Load(At("split.json"), loaded);
        Assert.Equal((SplitKind.BreakHis, 2, false), (split.Kind, split.Parts.Count, split.ImageWise));
        Assert.Equal(["22549AB", "17901"], split.Parts[0].Rows(loaded, SplitSide.Test).Select(r => r.Patient));

        var leaky = PhantomRuns.Call(
            0,
            [.. call, "--shared", "train", "--image-wise", "--validation-share", "0", "--out", At("leaky.json")]
        );
        Assert.Contains("warning: image-wise: patients are shared, figures inflated", leaky);
        Assert.Contains("patients on several sides", leaky);
        Assert.True(Split.Load(At("leaky.json"), loaded).ImageWise);
    }

    [Theory]
    [InlineData("cohort", "x", "--layout", "folders", "--magnification", "40", "--out", "c.csv")]
    [InlineData("cohort", "x", "--layout", "breakhis", "--magnification", "50", "--out", "c.csv")]
    [InlineData("split", "--cohort", "c.csv", "--kind", "kfold", "--breakhis-folds", "a", "--seed", "1", "--out", "s")]
    [InlineData("split", "--cohort", "c.csv", "--breakhis-folds", "a", "--repeats", "5", "--seed", "1", "--out", "s")]
    [InlineData("split", "--cohort", "c.csv", "--shared", "train", "--seed", "1", "--out", "s")]
    public void What_does_not_go_together_is_wrong_usage(params string[] args) => PhantomRuns.Call(2, args);

    private string At(string name) => Path.Combine(folder, name);

    private static string PathOf((string Class, string Type, string Subtype, string Slide) slide, int magnification)
    {
        var letter = slide.Class == "benign" ? "B" : "M";
        var name = $"SOB_{letter}_{slide.Subtype}-14-{slide.Slide}-{magnification}-001.png";
        return $"{slide.Class}/SOB/{slide.Type}/SOB_{letter}_{slide.Subtype}_14-{slide.Slide}/{magnification}X/{name}";
    }

    private string Cohort(string magnification)
    {
        string[] call = ["cohort", At("BreaKHis_v1"), "--layout", "breakhis", "--keep-letters"];
        PhantomRuns.Call(0, [.. call, "--magnification", magnification, "--out", At("cohort.csv")]);
        return At("cohort.csv");
    }

    /// <summary>A fold file: the first tests one slide of each class and one of the two of 13412.</summary>
    private string Fold(int number)
    {
        int[] tested = number == 1 ? [0, 5, 6] : [1, 7];
        var lines =
            from slide in Slides.Index()
            from magnification in (int[])[40, 100, 200, 400]
            let name = Path.GetFileName(PathOf(slide.Item, magnification))
            select $"{name}|{magnification}|{number}|{(tested.Contains(slide.Index) ? "test" : "train")}";
        File.WriteAllLines(At($"dsfold{number}.txt"), lines);
        return At($"dsfold{number}.txt");
    }
}
