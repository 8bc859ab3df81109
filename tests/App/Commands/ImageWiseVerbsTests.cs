using System.Text.Json;
using Coverslip.Evaluation.Splits;

namespace Coverslip.App.Tests.Commands;

/// <summary>An image-wise split is labeled wherever its figures are shown.</summary>
[Collection("console")]
public sealed class ImageWiseVerbsTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void A_run_on_it_says_so_in_every_place()
    {
        var split = runs.At("leaky.json");
        PhantomRuns.Call(
            0,
            [
                "split",
                "--cohort",
                runs.CohortFile,
                "--kind",
                "kfold",
                "--folds",
                "2",
                "--validation-share",
                "0.3",
                "--image-wise",
                "--seed",
                "1",
                "--out",
                split,
            ]
        );
        var run = runs.At("leaky");
        File.WriteAllText(runs.RecipeFile, PhantomRuns.Recipe.Replace("epochs: 4", "epochs: 1"));
        var trained = PhantomRuns.Call(
            0,
            ["train", runs.RecipeFile, "--cohort", runs.CohortFile, "--split", split, "--out", run]
        );
        Assert.Contains(Split.InflatedNote, trained);
        Assert.True(
            JsonDocument
                .Parse(File.ReadAllText(Path.Combine(run, "part-1", "run.json")))
                .RootElement.GetProperty("image_wise")
                .GetBoolean()
        );
        var report = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.Contains(Split.InflatedNote, report);
        Assert.DoesNotContain("never saw", report);
        foreach (var predictions in (string[])["predictions.csv", "part-2/predictions.csv"])
        {
            string[] call = ["evaluate", "classification", Path.Combine(run, predictions), "--cohort", runs.CohortFile];
            Assert.StartsWith(Split.InflatedNote, PhantomRuns.Call(0, [.. call, "--bootstrap", "10"]));
            var json = PhantomRuns.Call(0, [.. call, "--bootstrap", "10", "--json"]);
            Assert.Equal(Split.InflatedNote, JsonDocument.Parse(json).RootElement.GetProperty("note").GetString());
        }
    }

    [Fact]
    public void A_study_shows_both_side_by_side_and_the_second_as_inflated()
    {
        File.WriteAllText(
            runs.At("study.yaml"),
            """
            study: with and without
            baselines: false
            metric: recognition-rate
            split: {folds: 2, validation_share: 0.3}
            common: {training: {epochs: 1}, input: {form: raw}}
            models:
              small: {recipe: small.yaml}
            """
        );
        string[] call = ["study", runs.At("study.yaml"), "--cohort", runs.CohortFile, "--out", runs.At("study")];
        var (code, output, errors) = VerbCall.Run([.. call, "--jobs", "0", "--image-wise"]);
        Assert.True(code == 0, errors);
        Assert.Contains("patient-wise and image-wise", errors);
        Assert.Contains("small, recipe, image-wise, part 2: done", errors);
        var table = File.ReadAllText(runs.At("study/table.md"));
        Assert.Contains("image-wise (inflated)", table);
        Assert.Contains(Split.InflatedNote, table);
        Assert.Matches(@"\| small \| recipe \| 2/2 +\| \d\.\d{3} ± \d\.\d{3} +\| \d\.\d{3} ± \d\.\d{3} +\|", table);
        var csv = File.ReadAllLines(runs.At("study/table.csv"));
        Assert.Contains("image_wise_inflated_mean", csv[0]);
        Assert.Equal(csv[0].Split(',').Length, csv[1].Split(',').Length);
        Assert.Contains(Split.InflatedNote, File.ReadAllText(runs.At("study/study.html")));
        Assert.Contains(
            Split.InflatedNote,
            File.ReadAllText(runs.At("study/runs/small-recipe-image-wise/part-1/../split.json"))
        );
        Assert.DoesNotContain(Split.InflatedNote, File.ReadAllText(runs.At("study/runs/small-recipe/split.json")));
        // Without the switch the same folder shows the patient-wise figures alone.
        Assert.DoesNotContain("inflated", PhantomRuns.Call(0, [.. call, "--table"]));
        Assert.Contains("with and without", output);
    }

    [Fact]
    public void A_study_on_an_image_wise_split_is_labeled_and_has_no_second_one()
    {
        var split = runs.At("leaky.json");
        PhantomRuns.Call(
            0,
            [
                "split",
                "--cohort",
                runs.CohortFile,
                "--kind",
                "kfold",
                "--folds",
                "2",
                "--image-wise",
                "--seed",
                "1",
                "--out",
                split,
            ]
        );
        File.WriteAllText(
            runs.At("study.yaml"),
            "{study: leaky, baselines: false, common: {training: {epochs: 1}, input: {form: raw}}, models: {small: {recipe: small.yaml}}}"
        );
        string[] call = ["study", runs.At("study.yaml"), "--cohort", runs.CohortFile, "--split", split];
        var (code, output, errors) = VerbCall.Run([.. call, "--jobs", "0", "--out", runs.At("leaky")]);
        Assert.True(code == 0, errors);
        Assert.Contains($"All figures are {Split.InflatedNote}", output);
        var twice = PhantomRuns.Call(1, [.. call, "--image-wise", "--out", runs.At("twice")]);
        Assert.Contains("the split is image-wise already", twice);
    }
}
