using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;

namespace Coverslip.Methods.Curriculum;

/// <summary>
/// How a part learns: patches first and whole images then, each by the training loop, in the run folder's <c>patches/</c> and in
/// the run folder itself; or one of the controls, in the run folder alone.
/// </summary>
/// <param name="recipe">With the part's seed.</param>
/// <param name="network">What learns.</param>
/// <param name="task">The part's images.</param>
internal sealed class CurriculumFit(CurriculumRecipe recipe, CurriculumClassifier network, FitTask task)
{
    internal FitOutcome Run(RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        if (!recipe.Patches.Used)
            return Alone(run, progress, stop);
        return recipe.Patches.First ? OneAfterTheOther(run, progress, stop) : Spread(run, progress, stop);
    }

    private FitOutcome Alone(RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        if (recipe.SameTimeAs.Length == 0)
            return new NetworkModel(recipe, network).Fit(task, run, progress, stop);
        var epochs = SameTime.Epochs(recipe.SameTimeAs, run.Path, network.Store.Device);
        progress.Stage(recipe.LastStage, epochs);
        var timed = recipe with { Training = recipe.Training with { Epochs = epochs } };
        return new NetworkModel(timed, network).Fit(task, run, progress, stop);
    }

    private FitOutcome OneAfterTheOther(RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        var folder = Path.Combine(run.Path, LesionPatches.Folder);
        var patches = Cut(folder, progress);
        progress.Stage("patches", recipe.Patches.Training.Epochs);
        var first = new NetworkModel(recipe.OnPatches(), network).Fit(patches, new RunFolder(folder), progress, stop);
        progress.Stage(recipe.LastStage, recipe.Training.Epochs);
        // The second step begins with the first one's best weights; only the first begins with those of the recipe.
        var further = recipe with
        {
            Network = recipe.Network with { Weights = "" },
        };
        var second = new NetworkModel(further, network).Fit(task, run, progress, stop);
        return second with
        {
            Seconds = first.Seconds + second.Seconds,
            Steps = first.Steps + second.Steps,
            EarlierProcessorSeconds = first.EarlierProcessorSeconds + second.EarlierProcessorSeconds,
        };
    }

    /// <summary>The steps that patches would have first, spread among those of whole images.</summary>
    private FitOutcome Spread(RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        recipe.Begin(network);
        var steps = Steps(task.Training.Count, recipe);
        var further = recipe.Patches.Order == PatchOrder.Mixed ? OnPatches(run, progress) : OnWhole(steps);
        progress.Stage(recipe.LastStage, recipe.Training.Epochs);
        var rule = new SpreadTraining(Training(task, recipe), steps, further, recipe);
        return new TrainingLoop<SourcedBatch>(rule, recipe.Training, run, progress).Run(stop);
    }

    private FitTask Cut(string folder, ITrainingProgress progress)
    {
        var patches = Ranks.Now.LeadFirst(() => LesionPatches.Of(recipe, task, folder));
        if (LesionPatches.LungNote(folder) is { } note)
            progress.Chosen(note);
        return patches;
    }

    private FurtherSteps OnPatches(RunFolder run, ITrainingProgress progress)
    {
        var own = recipe.OnPatches();
        var patches = Cut(Path.Combine(run.Path, LesionPatches.Folder), progress);
        var steps = Steps(patches.Training.Count, own);
        return new FurtherSteps(Training(patches, own), steps, (long)steps * own.Training.Epochs);
    }

    private FurtherSteps OnWhole(int steps)
    {
        var own = recipe.OnPatches();
        var all = (long)Steps(LesionPatches.CountOf(recipe, task), own) * own.Training.Epochs;
        // In other orders and with other changes than in the steps of their own.
        return new FurtherSteps(Training(task, recipe with { Seed = recipe.Seed + 1_000_003 }), steps, all);
    }

    private static int Steps(int images, CurriculumRecipe of) =>
        BatchReader.Steps((long)images * of.Augmentation.Repeats, of.Training.Batch);

    private ClassifierTraining Training(FitTask from, CurriculumRecipe of) =>
        new(
            of,
            network,
            new ImageExamples(
                new BatchReader(from.Set, of.Training.Batch, network.Store.Device),
                from.Training,
                from.Validation,
                of,
                of.Seed
            )
        );
}
