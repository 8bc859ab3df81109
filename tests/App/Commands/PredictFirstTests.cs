using System.Text.Json;

namespace Coverslip.App.Tests.Commands;

/// <summary>A run of a smaller network sees all windows of slides first, as a user calls it.</summary>
[Collection("console")]
public sealed class PredictFirstTests(PredictFirstTests.Trained trained) : IClassFixture<PredictFirstTests.Trained>
{
    private readonly PhantomRuns runs = trained.Runs;

    private string[] Call(string to, params string[] more) =>
        [
            "predict",
            runs.At("large"),
            runs.At("slides/slides/P01-1.tif"),
            runs.At("slides/slides/P02-1.tif"),
            "--out",
            runs.At(to),
            .. more,
        ];

    [Fact]
    public void Validation_windows_choose_the_threshold_and_all_say_how_many_windows_went_on()
    {
        var (told, errors) = VerbCall.Run(0, Call("out", "--first", runs.At("small"), "--no-orientations"));
        Assert.Matches(
            @"first network: windows that it gives less than 0\.\d+ keep its answer; \d+ of \d+ positive validation windows \(\d patients\)",
            errors
        );
        Assert.Contains("first network: note: 2 of 2 slides are of the run's own cohort", errors);
        Assert.Matches(@"the large network saw \d+ of \d+ windows", told);
        using var summary = JsonDocument.Parse(File.ReadAllBytes(runs.At("out/summary.json")));
        int Count(string key) => summary.RootElement.GetProperty(key).GetInt32();
        var tissue = summary
            .RootElement.GetProperty("slides")
            .EnumerateArray()
            .Sum(s => s.GetProperty("tissue_patches").GetInt32());
        Assert.Equal(tissue, Count("windows_by_first") + Count("windows_by_large"));
        Assert.Equal(
            "keeps 0.995 of the validation windows",
            summary.RootElement.GetProperty("first_threshold_from").GetString()
        );

        // A share of the slides does the same, and the tables of all shares are those of one call.
        foreach (var share in (string[])["1/2", "2/2"])
            PhantomRuns.Call(0, Call("shared", "--first", runs.At("small"), "--no-orientations", "--shard", share));
        Assert.Contains(
            "the large network saw",
            PhantomRuns.Call(0, Call("shared", "--first", runs.At("small"), "--no-orientations", "--merge"))
        );
        foreach (
            var file in (string[])["slide_scores.csv", "P01-1-heatmap.npy", "P02-1-heatmap.npy", "P01-1-first.npy"]
        )
            Assert.Equal(File.ReadAllBytes(runs.At($"out/{file}")), File.ReadAllBytes(runs.At($"shared/{file}")));
        Assert.Contains(
            "first.threshold_from was keeps 0.995",
            PhantomRuns.Call(1, Call("out", "--first", runs.At("small"), "--first-keeps", "0.9", "--no-orientations"))
        );

        // From 0 on all windows go on, and the heatmap is the one of the large network alone.
        PhantomRuns.Call(0, Call("alone", "--no-orientations"));
        PhantomRuns.Call(0, Call("all", "--no-orientations", "--first", runs.At("small"), "--first-threshold", "0"));
        Assert.Equal(
            File.ReadAllBytes(runs.At("alone/P01-1-heatmap.npy")),
            File.ReadAllBytes(runs.At("all/P01-1-heatmap.npy"))
        );
    }

    [Fact]
    public void What_cannot_look_first_is_refused_with_the_way_out()
    {
        string Refused(params string[] more) => PhantomRuns.Call(1, Call("out", more));
        Assert.Contains("the run itself, so that nothing would be saved", Refused("--first", runs.At("large")));
        PhantomRuns.Call(0, "pack", runs.At("small"), "--out", runs.At("small.coverslip"));
        Assert.Contains(
            "a packed model, which holds no validation windows",
            Refused("--first", runs.At("small.coverslip"))
        );
        string[] kept = [runs.At("small/part-1/validation"), runs.At("small/part-2/validation")];
        foreach (var folder in kept)
            Directory.Move(folder, folder + "-away");
        Assert.Contains("kept no validation windows of 'tumor'", Refused("--first", runs.At("small")));
        foreach (var folder in kept)
            Directory.Move(folder + "-away", folder);
        File.WriteAllText(
            runs.At("other.yaml"),
            PhantomRuns
                .Recipe.Replace("form: masked, masks: column", "form: raw")
                .Replace("epochs: 4", "epochs: 1")
                .Replace("folds: 4", "folds: 2")
        );
        PhantomRuns.Call(0, "train", runs.At("other.yaml"), "--cohort", runs.CohortFile, "--out", runs.At("other"));
        Assert.Contains("whose classes are", Refused("--first", runs.At("other"), "--first-threshold", "0.1"));
        PhantomRuns.Call(2, Call("out", "--first-threshold", "0.2"));
        PhantomRuns.Call(
            2,
            Call("out", "--first", runs.At("small"), "--first-threshold", "0.2", "--first-keeps", "0.9")
        );
    }

    /// <summary>Two runs on painted slides, the smaller one with validation slides.</summary>
    public sealed class Trained : IDisposable
    {
        public PhantomRuns Runs { get; } = new();

        public Trained()
        {
            string[] slides = ["slide", "phantoms", "--out", Runs.At("slides"), "--mpp", "1", "--side", "768"];
            PhantomRuns.Call(0, [.. slides, "--patients", "8"]);
            Train("large", SlideTrainingVerbsTests.Recipe);
            Train("small", SlideTrainingVerbsTests.Recipe + "\nseed: 2\ndecision: {threshold_from_validation: true}");
        }

        public void Dispose() => Runs.Dispose();

        private void Train(string name, string recipe)
        {
            File.WriteAllText(Runs.At($"{name}.yaml"), recipe);
            string[] call = ["train", Runs.At($"{name}.yaml"), "--cohort", Runs.At("slides/cohort.csv")];
            PhantomRuns.Call(0, [.. call, "--out", Runs.At(name)]);
        }
    }
}
