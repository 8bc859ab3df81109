using System.Text.Json;
using System.Text.RegularExpressions;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Commands;

/// <summary>The self-supervised method as a user calls it: a run, masks of images and of a slide.</summary>
[Collection("console")]
public sealed class SelfSupervisedVerbsTests : IDisposable
{
    internal const string Recipe = """
        method: self-supervised
        foreground: tumor
        input: {width: 32, height: 32}
        network: {width: 4, depth: 2, normalize: true}
        pretraining: {epochs: 1, batch: 4, rate: 2.0e-3, compare_skips: true}
        training: {epochs: 1, batch: 4, rate: 2.0e-3}
        patches: {stride: 8, center: 16, unlabeled: 8, labeled: 4, repeats: 1}
        split: {folds: 2, validation_share: 0.34}
        """;
    private readonly PhantomRuns runs = new();

    public SelfSupervisedVerbsTests()
    {
        File.WriteAllText(runs.At("masks.yaml"), Recipe);
    }

    public void Dispose() => runs.Dispose();

    private static string Judged(string[] what) =>
        // Without the intervals, whose draws go by the order of the images.
        Regex.Replace(PhantomRuns.Call(0, ["evaluate", "segmentation", .. what, "--bootstrap", "20"]), @"\(.*\)", "");

    [Fact]
    public void A_run_judges_pixels_and_predicts_images_and_slides()
    {
        var text = PhantomRuns.Call(
            0,
            "train",
            runs.At("masks.yaml"),
            "--cohort",
            runs.CohortFile,
            "--out",
            runs.At("run")
        );
        Assert.Matches(@"pixel-precision 0\.\d+.* pixel-f1 0\.\d+", text);
        var page = File.ReadAllText(runs.At("run/report.html"));
        foreach (
            var heading in (string[])
                ["Figures of pixels", "Test images", "Skip connections, part 1", "Training, part 2"]
        )
            Assert.Contains(heading, page);

        // The figures of the run are those that 'evaluate' makes of its parts' pixels.
        using var own = JsonDocument.Parse(File.ReadAllBytes(runs.At("run/figures.json")));
        using var again = JsonDocument.Parse(
            PhantomRuns.Call(
                0,
                [
                    "evaluate",
                    "segmentation",
                    runs.At("run/part-1/pixels.csv"),
                    runs.At("run/part-2/pixels.csv"),
                    "--bootstrap",
                    "1000",
                    "--json",
                ]
            )
        );
        Assert.Equal(
            own.RootElement.GetProperty("pixel_f1").ToString(),
            again.RootElement.GetProperty("pixel_f1").ToString()
        );
        Assert.Equal(24, again.RootElement.GetProperty("images").GetInt32());

        var masks = runs.At("masks");
        text = PhantomRuns.Call(
            0,
            "predict",
            runs.At("run"),
            "--cohort",
            runs.CohortFile,
            "--out",
            masks,
            "--reconstructions"
        );
        Assert.Matches(@"P01-01: \d+\.\d % of the image called foreground", text);
        var segments = File.ReadAllLines(Path.Combine(masks, "segments.csv"));
        Assert.Equal("image,foreground_share,trained_on,unfamiliar", segments[0]);
        // Each by the part that held its patient out, and none unlike the others.
        Assert.Equal(24, segments.Count(row => row.EndsWith(",held_out,", StringComparison.Ordinal)));
        var report = File.ReadAllText(Path.Combine(masks, "report.html"));
        Assert.Contains("mask of P01-01", report);
        Assert.Contains("No nearest training cases: each pixel is judged", report);
        using (var mask = ImageFile.Read(Path.Combine(masks, "P01-01-mask.png"), ImageReadOptions.AsStored))
        using (var seen = ImageFile.Read(Path.Combine(masks, "P01-01-reconstruction.png"), ImageReadOptions.AsStored))
        {
            Assert.Equal((48, 48, 1), (mask.Width, mask.Height, mask.Channels));
            Assert.Equal((48, 48, 3), (seen.Width, seen.Height, seen.Channels));
            Assert.All(mask.Pixels.ToArray(), p => Assert.True(p is 0 or 255));
        }
        // What a part says of the images that it tested is what the run says of them.
        Assert.Equal(
            Judged([runs.At("run/part-1/pixels.csv"), runs.At("run/part-2/pixels.csv")]),
            Judged([masks, "--cohort", runs.CohortFile])
        );
        File.WriteAllLines(
            Path.Combine(masks, "segments.csv"),
            segments.Select((row, i) => i == 1 ? row.Replace("held_out", "image", StringComparison.Ordinal) : row)
        );
        var (_, warned) = VerbCall.Run(0, "evaluate", "segmentation", masks, "--cohort", runs.CohortFile);
        Assert.Contains("the model was trained on 1 of 24 of these files", warned);
        text = PhantomRuns.Call(0, "evaluate", "segmentation", masks, "--cohort", runs.CohortFile);
        Assert.Matches(@"24 images of 8 patients\npixel-precision  0\.\d+ \(0\.\d+ – 0\.\d+\)", text);
        Assert.Contains("--cohort says what is true", PhantomRuns.Call(1, "evaluate", "segmentation", masks));

        // The base model, which has seen no mask, gives images back and says nothing of them.
        string[] back = ["predict", runs.At("run/part-1/pretraining"), runs.At("cohort/images/P01-01.png"), "--out"];
        Assert.Contains("pass --reconstructions", PhantomRuns.Call(1, [.. back, runs.At("none")]));
        text = PhantomRuns.Call(0, [.. back, runs.At("back"), "--reconstructions"]);
        Assert.Contains("P01-01: given back by the base model", text);
        Assert.Equal(["P01-01-reconstruction.png"], Directory.GetFiles(runs.At("back")).Select(Path.GetFileName));
        using (var before = ImageFile.Read(runs.At("back/P01-01-reconstruction.png")))
        using (var after = ImageFile.Read(Path.Combine(masks, "P01-01-reconstruction.png")))
            Assert.False(before.Pixels.SequenceEqual(after.Pixels));
        Assert.Contains(
            "pack the run itself",
            PhantomRuns.Call(1, "pack", runs.At("run/part-1/pretraining"), "--out", runs.At("base"))
        );

        PhantomRuns.Call(0, "slide", "phantom", runs.At("s.tif"), "--width", "400", "--height", "300", "--mpp", "2");
        string[] call = ["predict", runs.At("run"), runs.At("s.tif"), "--out", runs.At("slides")];
        Assert.Contains("pass --mpp", PhantomRuns.Call(1, call));
        Assert.Contains("of the tissue called foreground", PhantomRuns.Call(0, [.. call, "--mpp", "2"]));
        foreach (var name in (string[])["s-mask.png", "s-probability.npy", "s-probability.tif", "s-segmentation.json"])
            Assert.True(File.Exists(runs.At($"slides/{name}")), name);
        Assert.Contains("\"name\":\"tumor\"", File.ReadAllText(runs.At("slides/s.geojson")));
        Assert.Contains("finished before", PhantomRuns.Call(0, [.. call, "--mpp", "2"]));

        // Beside its own outlines a slide is right everywhere.
        File.WriteAllText(runs.At("slides.csv"), "image,label,patient,annotation\ns.tif,tumor,P1,slides/s.geojson\n");
        text = PhantomRuns.Call(0, "evaluate", "segmentation", runs.At("slides"), "--cohort", runs.At("slides.csv"));
        Assert.Contains("pixel-precision  1.000", text);
        Assert.Contains("pixel-recall  1.000", text);
        Assert.Contains(
            "was made of something else than now",
            PhantomRuns.Call(1, [.. call, "--mpp", "2", "--stride", "8"])
        );
    }

    [Fact]
    public void Masks_that_are_missing_are_told_by_row()
    {
        var lines = File.ReadAllLines(runs.CohortFile);
        lines[2] = string.Join(',', [.. lines[2].Split(',')[..3], ""]);
        var file = Path.Combine(Path.GetDirectoryName(runs.CohortFile)!, "without.csv");
        File.WriteAllLines(file, lines);
        var error = PhantomRuns.Call(1, "train", runs.At("masks.yaml"), "--cohort", file, "--out", runs.At("none"));
        Assert.Contains("row 3: images/P01-02.png names no mask", error);
    }
}
