using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Masks;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Tests.Commands;

/// <summary>Calibrated thresholds are fitted to the training patients of each part, and to no others.</summary>
[Collection("console")]
public sealed class PartMasksTests : IDisposable
{
    private readonly PhantomRuns runs = new();

    [Fact]
    public void Thresholds_of_a_part_come_from_its_training_images_and_predict_its_held_out_ones()
    {
        File.WriteAllText(
            runs.RecipeFile,
            PhantomRuns
                .Recipe.Replace(
                    "masks: column",
                    "masks: computed, mask_rules: calibrated, mask_scale: 0.5, mask_channels: 8, mask_steps: 2"
                )
                .Replace("epochs: 4", "epochs: 1")
                .Replace("folds: 4", "folds: 2")
        );
        PhantomRuns.Call(0, "train", runs.RecipeFile, "--cohort", runs.CohortFile, "--out", runs.At("run"));

        var cohort = Cohort.Load(runs.CohortFile);
        var split = Split.Load(runs.At("run/split.json"), cohort);
        var whole = MaskStore.Read(runs.At("run/masks"));
        MaskRules[] kept =
        [
            .. Enumerable
                .Range(1, 2)
                .Select(part => RunDescription.Read(runs.At($"run/part-{part}/run.json")).MaskRules!)
                .Select(json => MaskRules.Parse(json, "run.json")),
        ];
        Assert.NotEqual(kept[0], kept[1]);
        foreach (var (part, rules) in split.Parts.Zip(kept))
        {
            var areas = part.Rows(cohort, SplitSide.Train).Select(r => whole.Row(r.Image)!.Areas).ToArray();
            Assert.Equal(MaskCalibration.Fit(areas).Rules, rules);
        }
        Assert.Equal(2, Directory.GetDirectories(runs.At("run/masks"), "fitted-*").Length);

        // Each image is judged by the part that left it out, under that part's masks: as when the run was tested.
        PhantomRuns.Call(0, "predict", runs.At("run"), "--cohort", runs.CohortFile, "--out", runs.At("again"));
        var before = Predictions.Read(runs.At("run/predictions.csv")).Rows.ToDictionary(r => r.Image);
        var after = Predictions.Read(runs.At("again/predictions.csv")).Rows;
        Assert.Equal(before.Count, after.Count);
        foreach (var row in after)
            Assert.Equal(before[row.Image].Probabilities[0], row.Probabilities[0], 1e-5);
    }

    public void Dispose() => runs.Dispose();
}
