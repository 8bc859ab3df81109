using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Torch;

namespace Coverslip.Learning.Runs;

/// <summary>What a session trains on.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Data">Where examples come from, and what is judged.</param>
/// <param name="Split">Which patients train, validate and test, once or several times.</param>
/// <param name="Device">Where to compute.</param>
/// <param name="MaskRules">Thresholds of computed masks as JSON, stored with the run; null without.</param>
public sealed record SessionInput(
    IRecipe Recipe,
    ITrainingData Data,
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

    /// <summary>
    /// Trains what is not finished; returns the predictions of each part's test images, none where the method says nothing
    /// of whole images.
    /// </summary>
    /// <param name="only">The one part to train, from 0; null for all.</param>
    /// <param name="stop">Stops between steps.</param>
    /// <exception cref="OperationCanceledException">Stopped; calling again resumes.</exception>
    public IReadOnlyList<Predictions> Run(int? only = null, CancellationToken stop = default)
    {
        if (input.Recipe.Findings is { } findings && !findings.Names.SequenceEqual(input.Data.Cohort.Classes))
            throw new ArgumentException("the cohort has not been brought to the recipe's findings");
        _ = input.Data.Facts; // a resolution that cannot be recorded is told before the training
        var parts = input.Split.Parts.Count;
        var tested = new List<Predictions>();
        for (var part = only ?? 0; part < (only + 1 ?? parts); part++)
        {
            var run = new RunFolder(PartFolder(folder, part, parts));
            if (!File.Exists(run.Description))
                Train(run, part, stop);
            if (File.Exists(run.Predictions))
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
        var (recipe, data) = (input.Recipe, input.Data);
        var decision = Decision.Of(recipe, data.Cohort.Classes);
        TorchRuntime.Seed(recipe.Seed + part);
        using var model = recipe.Untrained(data.Cohort.Classes.Count, input.Device);
        var parameters = model.Parameters; // before the model takes the form that predicts fastest
        var own = new SessionPart(part, input.Split.Parts[part], recipe.Seed + part, run);
        var outcome = data.Fit(model, own, progressOf(part), stop);

        if (data.Judge(model, own, SplitSide.Validation, stop) is { } validated)
        {
            decision = decision.From(validated);
            decision.On(validated).Write(run.Validation);
        }
        if (data.Judge(model, own, SplitSide.Test, stop) is { } said)
        {
            var tested = decision.On(said);
            if (model.HasMaps)
                ActivationFile.Write(run.Activations, ActivationMap.Locate(tested, data.Maps(model, own, stop)));
            tested.Write(run.Predictions);
        }
        Describe(run, part, (parameters, outcome), decision);
    }

    private void Describe(RunFolder run, int part, (long Parameters, FitOutcome Outcome) model, Decision decision)
    {
        var facts = input.Data.Facts;
        new RunDescription
        {
            CohortHash = input.Data.Cohort.Hash,
            Classes = input.Data.Cohort.Classes,
            Positive = decision.Positive,
            Threshold = decision.Threshold,
            Thresholds = decision.Thresholds,
            SourceChannels = facts.Channels,
            ScaleLow = facts.ScaleLow,
            ScaleHigh = facts.ScaleHigh,
            Mpp = facts.Mpp,
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
            WaitingShare = model.Outcome.WaitingShare,
            EmptyMasks = facts.EmptyMasks,
            Images = facts.Images,
            StainsKept = facts.StainsKept,
            PeakMemory = ProcessMemory.Peak / 1048576.0,
            Versions =
                $"coverslip {ProgramVersion.Current}, libtorch {TorchRuntime.Version}, kernels {TorchRuntime.Simd}",
        }.Write(run.Description);
    }
}
