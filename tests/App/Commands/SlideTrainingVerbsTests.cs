using System.Text.Json;
using Coverslip.Evaluation;

namespace Coverslip.App.Tests.Commands;

/// <summary>Training from slides as a user calls it: train, predict.</summary>
[Collection("console")]
public sealed class SlideTrainingVerbsTests : IDisposable
{
    internal const string Recipe = """
        method: tumor-detection
        input: {width: 32, height: 32}
        patches: {mpp: 1, center: 16, stride: 16, examples: 64, validation_examples: 32}
        network: {name: mobilenet-v1, width: 0.25}
        training: {epochs: 1, batch: 16, optimizer: adam-w, rate: 3e-3, schedule: constant, patience: 0}
        test: {stride: 32, orientations: false}
        split: {folds: 2, validation_share: 0.5}
        """;
    private readonly PhantomRuns runs = new();

    public SlideTrainingVerbsTests()
    {
        PhantomRuns.Call(
            0,
            ["slide", "phantoms", "--out", runs.At("slides"), "--mpp", "1", "--side", "1024", "--patients", "8"]
        );
        File.WriteAllText(runs.At("tumor.yaml"), Recipe);
    }

    private string Cohort => runs.At("slides/cohort.csv");

    public void Dispose() => runs.Dispose();

    /// <summary>What the part said of a slide that tested it.</summary>
    private double Tested(string slide) =>
        new[] { "part-1", "part-2" }
            .Select(part => SlideScores.Read(runs.At($"slide-run/{part}/slides/slide_scores.csv"), ["probability"]))
            .Select(scores => scores.Of(slide))
            .OfType<double>()
            .Single();

    [Fact]
    public void A_run_on_slides_ends_in_figures_of_unseen_slides_and_predicts_others()
    {
        var told = PhantomRuns.Call(
            0,
            ["train", runs.At("tumor.yaml"), "--cohort", Cohort, "--out", runs.At("slide-run")]
        );
        Assert.Contains("unseen slides: 8 slides, 8 patients", told);
        Assert.Contains("Of 8 slides of 8 patients", File.ReadAllText(runs.At("slide-run/report.html")));
        Assert.Matches(@"slide auc +\d\.\d{3} \(", told);
        Assert.Matches(@"sensitivity at 8 +\d\.\d{3} \(", told);
        using var figures = JsonDocument.Parse(File.ReadAllBytes(runs.At("slide-run/figures.json")));
        var froc = figures.RootElement.GetProperty("froc").GetProperty("value").GetDouble();
        Assert.InRange(froc, 0, 1);

        // The parts' detections and masks are those that 'evaluate froc' takes: part 1 by itself gives the part's figure.
        var judged = PhantomRuns.Call(
            0,
            [
                "evaluate",
                "froc",
                runs.At("slide-run/part-1/slides/detections"),
                "--masks",
                runs.At("slide-run/part-1/truth"),
                "--level",
                "3",
                "--slide-mpp",
                "1",
                "--json",
            ]
        );
        using var part = JsonDocument.Parse(File.ReadAllBytes(runs.At("slide-run/part-1/figures.json")));
        using var again = JsonDocument.Parse(judged);
        Assert.Equal(
            part.RootElement.GetProperty("froc").GetProperty("value").GetDouble(),
            again.RootElement.GetProperty("froc").GetProperty("value").GetDouble(),
            1e-12
        );

        string[] call = ["predict", runs.At("slide-run"), runs.At("slides/slides/P01-1.tif"), "--out"];
        var (table, errors) = VerbCall.Run(0, [.. call, runs.At("predicted"), "--no-orientations"]);
        // A slide of the run's own cohort is predicted by a part that did not train on its patient.
        Assert.Contains("1 of 1 files are of the run's own cohort", errors);
        Assert.Matches(@"\nP01-1 +0\.\d{3}", table);
        Assert.DoesNotContain("looks like nothing", errors);
        Assert.StartsWith(
            "image,probability,called,called_from_score,detections,detections_above_probability,trained_on\nP01-1,",
            File.ReadAllText(runs.At("predicted/slide_scores.csv"))
        );
        Assert.EndsWith(",held_out\n", File.ReadAllText(runs.At("predicted/slide_scores.csv")));
        var page = File.ReadAllText(runs.At("predicted/report.html"));
        Assert.Contains("No nearest training cases: what is called is a slide", page);
        Assert.Contains("heatmap over P01-1", page);
        Assert.Contains("tissue (patches)", page);
        Assert.Equal(
            Tested("P01-1"),
            SlideScores.Read(runs.At("predicted/slide_scores.csv"), ["probability"]).Of("P01-1")!.Value,
            6
        );
        Assert.True(File.Exists(runs.At("predicted/P01-1-heatmap.npy")));
        Assert.Contains("\"stride\": 32", File.ReadAllText(runs.At("predicted/P01-1-heatmap.json")));
        Assert.Contains(
            "the run was trained at 1 µm/px",
            PhantomRuns.Call(
                1,
                [
                    "predict",
                    runs.At("slide-run"),
                    runs.At("slides/slides/P01-1.tif"),
                    "--out",
                    runs.At("coarse"),
                    "--slide-mpp",
                    "2",
                    "--stride",
                    "32",
                ]
            )
        );
    }
}
