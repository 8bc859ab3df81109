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
    /// <summary>What each stage will need, the first one first.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="cohort">What it is trained on.</param>
    /// <param name="split">Its parts.</param>
    /// <param name="device">Where.</param>
    /// <param name="elsewhere">Whether another machine trains it, whose memory nobody knows here.</param>
    /// <exception cref="InvalidOperationException">It does not fit into this machine's memory.</exception>
    internal static TaskNeed Tell(IRecipe recipe, Cohort cohort, Split split, Device device, bool elsewhere = false)
    {
        var (memory, longest) = (0L, (TimeSpan?)TimeSpan.Zero);
        foreach (var (place, stage) in recipe.Stages.Index())
        {
            var said = place == 0 ? (recipe.Stages.Count == 1 ? "" : $"{stage.Section}: ") : $"then {stage.Section}: ";
            var need = TellStage(stage, said, cohort, split, device);
            if (!elsewhere)
                CheckMemory(stage, need.Preflight);
            memory = Math.Max(memory, need.Preflight.Memory(stage.Recipe.Training.Batch));
            longest += need.Longest;
        }
        return new TaskNeed(memory, longest == TimeSpan.Zero ? null : longest);
    }

    private static (Preflight Preflight, TimeSpan? Longest) TellStage(
        TrainingStage stage,
        string said,
        Cohort cohort,
        Split split,
        Device device
    )
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
        return (preflight, longest);
    }

    private static void CheckMemory(TrainingStage stage, Preflight preflight)
    {
        var (recipe, batch) = (stage.Recipe, stage.Recipe.Training.Batch);
        const double gib = 1L << 30;
        if (preflight.Memory(batch) > preflight.MemoryAvailable)
            throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{stage.Section}.batch is {batch}, which needs about {preflight.Memory(batch) / gib:0.0} GiB where {preflight.MemoryAvailable / gib:0.0} are free; {(preflight.LargestBatch > 0 ? $"a batch of {preflight.LargestBatch} would fit" : "not even one image fits")}; or {recipe.MemoryAdvice}"
                )
            );
    }
}
