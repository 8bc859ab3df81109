using Coverslip.Evaluation;
using Coverslip.Phantoms;
using Coverslip.Slides.Geometry;

namespace Coverslip.App.Tests.Commands;

/// <summary>Whole slides as a user predicts them.</summary>
[Collection("console")]
public sealed class PredictSlidesTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public PredictSlidesTests()
    {
        File.WriteAllText(
            runs.RecipeFile,
            PhantomRuns
                .Recipe.Replace("form: masked, masks: column", "form: raw")
                .Replace("epochs: 4", "epochs: 1")
                .Replace("folds: 4", "folds: 2")
        );
        PhantomRuns.Call(0, "train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", runs.At("run"));
        var slide = new SlidePhantomOptions
        {
            Width = 900,
            Height = 700,
            Tissue = 0.4,
            Mpp = Mpp.Of(2),
        };
        SlidePhantom.Write(runs.At("good.tif"), slide);
        File.WriteAllText(runs.At("broken.svs"), "no slide");
    }

    public void Dispose() => runs.Dispose();

    [Fact]
    public void A_slide_that_fails_stops_no_other_and_a_finished_one_is_skipped()
    {
        string[] call =
        [
            "predict",
            runs.At("run"),
            runs.At("broken.svs"),
            runs.At("good.tif"),
            "--out",
            runs.At("out"),
            "--stride",
            "48",
            "--no-orientations",
        ];
        Assert.Contains("pass --mpp", PhantomRuns.Call(1, call));
        var errors = PhantomRuns.Call(1, [.. call, "--mpp", "2"]);
        Assert.Contains("broken.svs: no reader takes it", errors);
        Assert.Contains("1 of 2 slides failed", errors);
        var scores = SlideScores.Read(runs.At("out/slide_scores.csv"), ["probability"]);
        Assert.Equal(["good"], scores.Names);
        Assert.InRange(scores.Of("good")!.Value, 0.01, 1);
        foreach (var name in (string[])["good.geojson", "good-heatmap.npy", "good-heatmap.tif", "good-overlay.png"])
            Assert.True(File.Exists(runs.At($"out/{name}")), name);
        Assert.True(File.Exists(runs.At("out/detections/good.csv")));
        Assert.Contains("patches_per_second_network", File.ReadAllText(runs.At("out/summary.json")));

        string[] again = [.. call.Where(word => !word.EndsWith(".svs", StringComparison.Ordinal)), "--mpp", "2"];
        Assert.Contains("finished before", PhantomRuns.Call(0, again));
        var printed = PhantomRuns.Call(1, [.. again, "--slide-mpp", "1"]);
        Assert.Contains("slide.microns_per_pixel was 2 × 2, is 1 × 1", printed);
        Assert.Contains("is --slide-mpp; name another folder with --out", printed);
        Assert.Equal(["good"], SlideScores.Read(runs.At("out/slide_scores.csv"), ["probability"]).Names);

        // Tissue that 'tissue' found; other tissue in the same folder is another heatmap.
        PhantomRuns.Call(0, "tissue", runs.At("good.tif"), "--out", runs.At("tissue"), "--mpp", "4");
        string[] given = [.. again, "--tissue", runs.At("tissue")];
        Assert.Contains("tissue was saturation at 8 µm/px", PhantomRuns.Call(1, given));
        given[Array.IndexOf(given, runs.At("out"))] = runs.At("other");
        Assert.Contains("patches of tissue", PhantomRuns.Call(0, given));
        Assert.Contains("outlines of good.geojson", File.ReadAllText(runs.At("other/good-heatmap.json")));
    }

    [Fact]
    public void Annotations_that_lie_beside_the_slides_are_not_written_over()
    {
        File.WriteAllText(runs.At("good.geojson"), "the user's");
        string[] call = ["predict", runs.At("run"), runs.At("good.tif"), "--out", runs.At("."), "--mpp", "2"];
        Assert.Contains($"{runs.At("good.geojson")} is there already", PhantomRuns.Call(1, call));
        Assert.Contains(
            "good.geojson is there already",
            PhantomRuns.Call(1, "tissue", runs.At("good.tif"), "--out", runs.At("."))
        );
        Assert.Equal("the user's", File.ReadAllText(runs.At("good.geojson")));
        File.Delete(runs.At("good.geojson"));
        foreach (var _ in (int[])[1, 2]) // and what a call of ours wrote there, is
            PhantomRuns.Call(0, [.. call, "--stride", "48", "--no-orientations"]);
        Assert.Contains("FeatureCollection", File.ReadAllText(runs.At("good.geojson")));
    }

    [Theory]
    [InlineData("--threshold", "1.5")]
    [InlineData("--radius-microns", "-3")]
    [InlineData("--mpp", "0")]
    public void What_is_out_of_range_is_wrong_usage(string option, string value) =>
        PhantomRuns.Call(2, "predict", runs.At("run"), runs.At("good.tif"), "--out", runs.At("out"), option, value);
}
