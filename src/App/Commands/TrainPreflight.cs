using System.Globalization;
using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Models;
using Coverslip.Torch;

namespace Coverslip.App.Commands;

/// <summary>Tells what a training will need before it starts, and refuses what does not fit into memory.</summary>
internal static class TrainPreflight
{
    /// <summary>What each stage will need, the first one first; returns how long all of them take at most, null of none, or where
    /// an epoch is as long as the slides have patches.</summary>
    internal static TimeSpan? Tell(IRecipe recipe, Cohort cohort, Split split, Device device)
    {
        TimeSpan? longest = TimeSpan.Zero;
        foreach (var (place, stage) in recipe.Stages.Index())
        {
            var said = place == 0 ? (recipe.Stages.Count == 1 ? "" : $"{stage.Section}: ") : $"then {stage.Section}: ";
            longest += TellStage(stage, said, cohort, split, device);
        }
        return longest == TimeSpan.Zero ? null : longest;
    }

    private static TimeSpan? TellStage(TrainingStage stage, string said, Cohort cohort, Split split, Device device)
    {
        var recipe = stage.Recipe;
        var preflight = Preflight.Of(recipe, cohort.Classes.Count, device);
        var batch = recipe.Training.Batch;
        const double gib = 1L << 30;
        var epochs = split.Parts.Select(part => recipe.EpochExamples(cohort, part)).ToArray();
        TimeSpan? longest = epochs.Contains(null)
            ? null
            : TimeSpan.FromSeconds(preflight.StepSeconds * epochs.Sum()!.Value / batch * recipe.Training.Epochs);
        var time = longest is { } most ? $"; at most {ProgressLine.Clock(most)}" : "; an epoch is all patches,";
        Console.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{said}{preflight.Parameters:N0} parameters; about {preflight.Memory(batch) / gib:0.0} of {preflight.MemoryAvailable / gib:0.0} GiB memory at batch {batch}; {preflight.Disk * split.Parts.Count / 1048576.0:0} MiB disk{time} for {split.Parts.Count} part(s) of {recipe.Training.Epochs} epochs"
            )
        );
        if (preflight.Memory(batch) > preflight.MemoryAvailable)
            throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{stage.Section}.batch is {batch}, which needs about {preflight.Memory(batch) / gib:0.0} GiB where {preflight.MemoryAvailable / gib:0.0} are free; {(preflight.LargestBatch > 0 ? $"a batch of {preflight.LargestBatch} would fit" : "not even one image fits")}; or {recipe.MemoryAdvice}"
                )
            );
        return longest;
    }
}
