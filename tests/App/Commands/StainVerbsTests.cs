using Coverslip.Evaluation.Cohorts;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.App.Tests.Commands;

/// <summary>The verbs stain fit and stain apply as a user calls them.</summary>
[Collection("console")]
public sealed class StainVerbsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("macenko", "haematoxylin (0.")]
    [InlineData("vahadane", "° apart")]
    [InlineData("reinhard", "L* ")]
    public void Fit_writes_a_file_that_apply_takes(string method, string said)
    {
        Paint("reference.png", stain: 2);
        Paint("slides/a.png", stain: 9);
        var output = VerbCall
            .RunQuiet(0, "stain", "fit", At("reference.png"), "--method", method, "--out", At("stain.json"))
            .Output;
        Assert.Contains(said, output);
        Assert.Equal(method, StainFile.Read(At("stain.json")).Method.ToString().ToLowerInvariant());

        VerbCall.RunQuiet(0, "stain", "apply", At("stain.json"), At("slides/a.png"), "--out", At("new"));
        using var reference = ImageFile.Read(At("reference.png"));
        using var source = ImageFile.Read(At("slides/a.png"));
        using var expected = StainNormalizer.Fit(Enum.Parse<StainMethod>(method, true), reference).Apply(source);
        using var found = ImageFile.Read(At("new/a.png"));
        Assert.True(expected.Pixels.SequenceEqual(found.Pixels), "not what the library makes");
    }

    [Fact]
    public void An_image_that_cannot_be_normalized_does_not_stop_the_others()
    {
        Fit();
        Paint("a.png", stain: 3);
        Blank("blank.png");
        File.WriteAllText(At("text.png"), "no picture");
        Paint("z.png", stain: 4);
        string[] images = [At("a.png"), At("blank.png"), At("text.png"), At("z.png")];
        var (output, errors) = VerbCall.RunQuiet(
            1,
            ["stain", "apply", At("stain.json"), .. images, "--out", At("new")]
        );
        Assert.Equal($"normalized 2 of 4 images: {At("new")}\n", output);
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"not normalized: {At("blank.png")}: no tissue: 0.00 %", lines[0]);
        Assert.StartsWith($"not normalized: {At("text.png")}: ", lines[1]);
        Assert.Equal(["a.png", "z.png"], Directory.GetFiles(At("new")).Select(f => Path.GetFileName(f)).Order());
    }

    [Fact]
    public void Of_a_cohort_every_row_is_in_the_new_one_or_among_the_refused()
    {
        Fit();
        Paint("pictures/x/a.png", stain: 3);
        Paint("pictures/y/a.png", stain: 4);
        Paint("mask.png", stain: 1);
        Blank("tables/blank.png");
        File.WriteAllLines(
            At("tables/cohort.csv"),
            [
                "image,label,patient,mask,scanner",
                "../pictures/x/a.png,benign,p1,../mask.png,left",
                "blank.png,benign,p2,,left",
                "../pictures/y/a.png,malignant,p3,,right",
            ]
        );
        string[] call = ["stain", "apply", At("stain.json"), "--cohort", At("tables/cohort.csv"), "--out", At("new")];
        Assert.Contains("not normalized: blank.png: no tissue", VerbCall.RunQuiet(1, call).Errors);

        var cohort = Cohort.Load(At("new/cohort.csv"));
        Assert.Equal(["pictures/x/a.png", "pictures/y/a.png"], cohort.Rows.Select(r => r.Image));
        Assert.Equal(["p1", "p3"], cohort.Rows.Select(r => r.Patient));
        Assert.Equal(At("mask.png"), cohort.MaskPath(cohort.Rows[0]));
        Assert.Equal(["right"], cohort.Rows[1].Further);
        var refused = Cohort.Load(At("new/refused.csv"));
        Assert.Equal(At("tables/blank.png"), refused.ImagePath(Assert.Single(refused.Rows)));
        Assert.Equal(["scanner", "reason"], refused.FurtherColumns);
        Assert.StartsWith("no tissue: 0.00 %", refused.Rows[0].Further[1]);

        Paint("tables/blank.png", stain: 5);
        Assert.Contains("normalized 3 of 3 images", VerbCall.RunQuiet(0, call).Output);
        Assert.Equal(3, Cohort.Load(At("new/cohort.csv")).Rows.Count);
        Assert.False(File.Exists(At("new/refused.csv")), "nothing is refused any more");
    }

    [Fact]
    public void Nothing_is_overwritten_and_no_image_takes_anothers_place()
    {
        Fit();
        Paint("a.png", stain: 3);
        Paint("b/a.jpg", stain: 4);
        File.WriteAllLines(At("cohort.csv"), ["image,label,patient", "a.png,benign,p1"]);
        var before = File.ReadAllBytes(At("a.png"));
        string Refused(params string[] images) =>
            VerbCall.RunQuiet(1, ["stain", "apply", At("stain.json"), .. images]).Errors;
        Assert.Contains("would both become", Refused(At("a.png"), At("b/a.jpg"), "--out", At("new")));
        Assert.Contains("a.png would be overwritten", Refused(At("a.png"), "--out", folder));
        Assert.Contains("would be overwritten", Refused("--cohort", At("cohort.csv"), "--out", folder));
        Assert.Equal(before, File.ReadAllBytes(At("a.png")));
        Assert.False(Directory.Exists(At("new")), "nothing was begun");
    }

    [Fact]
    public void Where_nothing_can_be_written_the_first_image_says_so()
    {
        Fit();
        Paint("a.png", stain: 3);
        File.WriteAllText(At("file"), "no folder");
        var (_, errors) = VerbCall.RunQuiet(1, "stain", "apply", At("stain.json"), At("a.png"), "--out", At("file"));
        Assert.StartsWith("error: ", errors);
        Assert.Contains(At("file"), errors);
        Assert.DoesNotContain("One or more errors", errors);
    }

    [Fact]
    public void A_reference_without_stain_is_named()
    {
        Blank("blank.png");
        var (_, errors) = VerbCall.RunQuiet(
            1,
            "stain",
            "fit",
            At("blank.png"),
            "--method",
            "macenko",
            "--out",
            At("stain.json")
        );
        Assert.StartsWith($"error: {At("blank.png")}: no tissue", errors);
        Assert.False(File.Exists(At("stain.json")), "nothing to write");
    }

    [Theory]
    [InlineData(2, "stain")]
    [InlineData(2, "stain", "fit", "a.png", "--out", "s.json")]
    [InlineData(2, "stain", "fit", "a.png", "--method", "ruifrok", "--out", "s.json")]
    [InlineData(1, "stain", "fit", "nowhere.png", "--method", "macenko", "--out", "s.json")]
    [InlineData(2, "stain", "apply", "s.json", "--out", "new")]
    [InlineData(2, "stain", "apply", "s.json", "a.png", "--cohort", "c.csv", "--out", "new")]
    [InlineData(1, "stain", "apply", "nowhere.json", "a.png", "--out", "new")]
    public void Wrong_usage_is_2_and_failure_is_1(int code, params string[] args) => VerbCall.RunQuiet(code, args);

    private string At(string name) => Path.Combine(folder, name);

    private void Fit()
    {
        Paint("reference.png", stain: 2);
        VerbCall.RunQuiet(0, "stain", "fit", At("reference.png"), "--method", "vahadane", "--out", At("stain.json"));
    }

    private void Paint(string name, int stain)
    {
        using var patch = PatchPhantom.Paint(new PatchPhantomOptions { Size = 96, StainSeed = stain }, seed: stain);
        ImageFile.Write(At(name), patch.Image);
    }

    private void Blank(string name)
    {
        using var image = new Image(40, 40);
        image.WritablePixels.Fill(250);
        ImageFile.Write(At(name), image);
    }
}
