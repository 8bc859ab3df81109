using System.Text.Json;

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

        PhantomRuns.Call(
            0,
            [
                "predict",
                runs.At("slide-run"),
                runs.At("slides/slides/P01-1.tif"),
                "--out",
                runs.At("predicted"),
                "--no-orientations",
            ]
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
