using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Torch;

namespace Coverslip.Methods.Training;

/// <summary>What a session trains on.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Patches">All images of the cohort at the recipe's size.</param>
/// <param name="Split">Which patients train, validate and test, once or several times.</param>
/// <param name="Device">Where to compute.</param>
/// <param name="MaskRules">Thresholds of computed masks as JSON, stored with the run; null without.</param>
public sealed record SessionInput(
    IRecipe Recipe,
    PatchSet Patches,
    Split Split,
    Device Device,
    string? MaskRules = null
);

/// <summary>
/// Trains every part of a split into a folder of its own, and predicts its test images with the best model.
/// </summary>
public sealed class TrainingSession(SessionInput input, string folder, Func<int, ITrainingProgress> progressOf)
{
    /// <summary>The folder of a part, counted from 0: the run's own where there is only one.</summary>
    public static string PartFolder(string folder, int part, int parts) =>
        parts == 1 ? folder : Path.Combine(folder, $"part-{part + 1}");

    /// <summary>Trains what is not finished; returns the predictions of each part's test images.</summary>
    /// <param name="only">The one part to train, from 0; null for all.</param>
    /// <param name="stop">Stops between steps.</param>
    /// <exception cref="OperationCanceledException">Stopped; calling again resumes.</exception>
    public IReadOnlyList<Predictions> Run(int? only = null, CancellationToken stop = default)
    {
        var cohort = input.Patches.Cohort;
        if (input.Recipe.Findings is { } findings && !findings.Names.SequenceEqual(cohort.Classes))
            throw new ArgumentException("the cohort has not been brought to the recipe's findings");
        CohortMpp.Of(cohort); // a resolution that cannot be recorded is told before the training
        var parts = input.Split.Parts.Count;
        var tested = new List<Predictions>();
        for (var part = only ?? 0; part < (only + 1 ?? parts); part++)
        {
            var run = new RunFolder(PartFolder(folder, part, parts));
            if (!File.Exists(run.Description))
                Train(run, part, stop);
            tested.Add(Predictions.Read(run.Predictions));
        }
        // In a cross-validation every image is tested once: together they are the cohort's predictions.
        var pooled = tested.SelectMany(t => t.Rows).ToArray();
        if (tested.Count > 1 && pooled.DistinctBy(r => r.Image).Count() == pooled.Length)
            (tested[0] with { Rows = pooled }).Write(Path.Combine(folder, "predictions.csv"));
        return tested;
    }

    private void Train(RunFolder run, int part, CancellationToken stop)
    {
        var (recipe, set) = (input.Recipe, input.Patches);
        var classes = set.Cohort.Classes;
        var decision = Decision.Of(recipe, classes);
        TorchRuntime.Seed(recipe.Seed + part);
        using var model = recipe.Untrained(classes.Count, input.Device);
        var training = Side(part, SplitSide.Train)
            .Where(p => !(p.Empty && recipe.Input.EmptyMask == EmptyMask.Drop))
            .ToArray();
        if (training.Length == 0)
            throw new InvalidOperationException(
                $"part {part + 1} of the split has no image to train on that has a mask; set input.empty_mask: raw, or other mask rules"
            );
        var validation = Side(part, SplitSide.Validation);
        var task = new FitTask(set, training, validation, recipe.Seed + part);
        var outcome = model.Fit(task, run, progressOf(part), stop);

        var test = Side(part, SplitSide.Test);
        if (validation.Count > 0)
        {
            var validated = Table(classes, validation, model, stop);
            decision = decision.From(validated);
            decision.On(validated).Write(run.Validation);
        }
        var tested = decision.On(Table(classes, test, model, stop));
        if (model.HasMaps)
            ActivationFile.Write(
                run.Activations,
                ActivationMap.Locate(tested, model.Maps(new PredictionTask(set, test), stop))
            );
        tested.Write(run.Predictions);
        Describe(run, part, (model.Parameters, outcome), decision);
    }

    private Predictions Table(
        IReadOnlyList<string> classes,
        IReadOnlyList<Patch> images,
        IModel model,
        CancellationToken stop
    )
    {
        var probabilities = model.Probabilities(new PredictionTask(input.Patches, images), stop);
        return input.Recipe.Findings is null
            ? Predictor.Table(classes, images, probabilities)
            : Predictor.TableOfFindings(classes, images, probabilities);
    }

    private void Describe(RunFolder run, int part, (long Parameters, FitOutcome Outcome) model, Decision decision)
    {
        new RunDescription
        {
            CohortHash = input.Patches.Cohort.Hash,
            Classes = input.Patches.Cohort.Classes,
            Positive = decision.Positive,
            Threshold = decision.Threshold,
            Thresholds = decision.Thresholds,
            SourceChannels = input.Patches.Patches.Max(p => p.Source.Channels),
            ScaleLow = input.Patches.Patches.Min(p => p.Source.Scale),
            ScaleHigh = input.Patches.Patches.Max(p => p.Source.Scale),
            Mpp = CohortMpp.Of(input.Patches.Cohort),
            MaskRules = input.MaskRules,
            ImageWise = input.Split.ImageWise,
            Seed = input.Recipe.Seed + part,
            Part = part + 1,
            Parts = input.Split.Parts.Count,
            Parameters = model.Parameters,
            Epochs = model.Outcome.Epochs,
            BestEpoch = model.Outcome.BestEpoch,
            TrainingSeconds = model.Outcome.Seconds,
            WeightsMoved = model.Outcome.WeightsMoved,
            EmptyMasks = input.Patches.EmptyMasks,
            Images = input.Patches.Patches.Count,
            StainsKept = input.Patches.StainsKept,
            PeakMemory = Memory.Peak / 1048576.0,
            Versions =
                $"coverslip {typeof(TrainingSession).Assembly.GetName().Version?.ToString(3)}, libtorch {TorchRuntime.Version}",
        }.Write(run.Description);
    }

    private IReadOnlyList<Patch> Side(int part, SplitSide side)
    {
        var rows = input
            .Split.Parts[part]
            .Rows(input.Patches.Cohort, side)
            .ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. input.Patches.Patches.Where(p => rows.Contains(p.Row))];
    }
}
