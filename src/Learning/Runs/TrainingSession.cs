using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Torch;

namespace Coverslip.Learning.Runs;

/// <summary>What a session trains on.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Data">Where examples come from, and what is judged.</param>
/// <param name="Split">Which patients train, validate and test, once or several times.</param>
/// <param name="Device">Where to compute.</param>
public sealed record SessionInput(IRecipe Recipe, ITrainingData Data, Split Split, Device Device)
{
    /// <summary>How the recipe's precision was chosen; null where the recipe says it.</summary>
    public PrecisionChoice? Precision { get; init; }
}

/// <summary>
/// Trains every part of a split into a folder of its own, and predicts its test images with the best model. Of several ranks
/// all train; the leader alone writes and predicts.
/// </summary>
public sealed class TrainingSession(SessionInput input, string folder, Func<int, ITrainingProgress> progressOf)
{
    private readonly Ranks ranks = Ranks.Now;

    /// <summary>The folder of a part, counted from 0: the run's own where there is only one.</summary>
    public static string PartFolder(string folder, int part, int parts) =>
        parts == 1 ? folder : Path.Combine(folder, $"part-{part + 1}");

    /// <summary>Refuses what cannot become a run, before anything of it is written.</summary>
    /// <exception cref="InvalidDataException">A resolution that cannot be recorded.</exception>
    /// <exception cref="Recipes.RecipeException">The recipe's positive class is none of the classes.</exception>
    public void Check()
    {
        if (input.Recipe.Findings is { } findings && !findings.Names.SequenceEqual(input.Data.Cohort.Classes))
            throw new ArgumentException("the cohort has not been brought to the recipe's findings");
        _ = input.Data.Facts;
        _ = Decision.Of(input.Recipe, input.Data.Cohort.Classes);
    }

    /// <summary>
    /// Trains what is not finished; returns the predictions of each part's test images, none where the method says nothing
    /// of whole images.
    /// </summary>
    /// <param name="only">The one part to train, from 0; null for all.</param>
    /// <param name="stop">Stops between steps.</param>
    /// <exception cref="OperationCanceledException">Stopped; calling again resumes.</exception>
    public IReadOnlyList<Predictions> Run(int? only = null, CancellationToken stop = default)
    {
        Check();
        var parts = input.Split.Parts.Count;
        var seen = Path.Combine(folder, TrainingImages.FileName);
        if (ranks.Lead && !File.Exists(seen))
        {
            var images = TrainingImages.Of(input.Data.Cohort, input.Split) with { Looks = input.Data.Facts.Looks };
            WholeFile.Write(seen, images.Text());
        }
        var tested = new List<Predictions>();
        for (var part = only ?? 0; part < (only + 1 ?? parts); part++)
        {
            var run = new RunFolder(PartFolder(folder, part, parts));
            if (ranks.Told(!File.Exists(run.Description)))
                Train(run, part, stop);
            if (ranks.Lead && File.Exists(run.Predictions))
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
        var split = new SessionPart(part, input.Split.Parts[part], recipe.Seed + part, run);
        using var own = data.Begin(split, input.Device);
        var parameters = own.Parameters; // before the model takes the form that predicts fastest
        var before = Environment.CpuUsage.TotalTime;
        var outcome = own.Fit(progressOf(part), stop);
        if (!ranks.Lead)
            return;
        var used = (Environment.CpuUsage.TotalTime - before).TotalSeconds;

        var validated = own.Judge(SplitSide.Validation, stop);
        decision = decision.From(validated, own.Promise);
        // A model's own sets are of patients it did not learn from; validation patients are not always such.
        if (validated is not null)
            (own.Promise is null ? decision.On(validated) : decision.Thresholded(validated)).Write(run.Validation);
        var limit = Describe(own, run, stop);
        if (own.Judge(SplitSide.Test, stop) is { } said)
        {
            var tested = decision.On(said);
            if (File.Exists(run.Features))
                tested = Compared(tested, own, (run, limit), stop);
            if (own.Maps(stop) is { } maps)
                ActivationFile.Write(
                    run.Activations,
                    ActivationMap.Locate(tested, new CaseMaps(tested, data.Cohort, run.Path).Drawing(maps))
                );
            if (own.Inside(stop) is { } inside)
                InsideFiles.Write(run.Path, data.Cohort.Classes, inside);
            tested.Write(run.Predictions);
            if (tested.MultiLabel)
                FindingRunFigures.Of([tested], data.Cohort).Write(run.Path);
        }
        var learned = recipe.TellsClasses ? own.Judge(SplitSide.Train, stop) : null;
        Describe(
            run,
            part,
            new Trained(parameters, outcome, used, learned is null ? null : Share(decision.On(learned))),
            (decision, limit)
        );
    }

    /// <summary>What a part's training came to.</summary>
    private sealed record Trained(long Parameters, FitOutcome Outcome, double Processor, double? Accuracy);

    private static double Share(Predictions predictions) =>
        predictions.Rows.Count(r => r.Predicted == r.Label) / (double)predictions.Rows.Count;

    /// <summary>Keeps what the model makes of its training images; how far from them an image is familiar.</summary>
    private double? Describe(ITrainingPart own, RunFolder run, CancellationToken stop)
    {
        if (own.Features(SplitSide.Train, stop) is not { Count: > 0 } described)
            return null;
        TrainingCases.Write(run.Features, input.Data.Cohort, described);
        // Read again, since predicting has them in half precision.
        return Familiarity.LimitOf(TrainingCases.Read(run.Features), own.Features(SplitSide.Validation, stop), stop);
    }

    /// <summary>
    /// Predictions of test images with how far these are from the training images; which of these are nearest to the most
    /// wrong ones is written.
    /// </summary>
    private static Predictions Compared(
        Predictions tested,
        ITrainingPart own,
        (RunFolder Folder, double? Limit) run,
        CancellationToken stop
    )
    {
        var described = own.Features(SplitSide.Test, stop)!;
        var cases = TrainingCases.Read(run.Folder.Features);
        NearestFile.Write(run.Folder.Path, tested, described, cases);
        if (run.Limit is not { } limit)
            return tested;
        var far = described
            .Zip(new Familiarity(cases, limit).Of([.. described.Select(d => d.Features)]))
            .ToDictionary(d => d.First.Row.Image, d => d.Second, StringComparer.Ordinal);
        return tested with { Rows = [.. tested.Rows.Select(r => r with { Unfamiliar = far[r.Image] })] };
    }

    private void Describe(RunFolder run, int part, Trained model, (Decision Decision, double? Familiar) said)
    {
        var (decision, familiar) = said;
        var facts = input.Data.FactsOf(part + 1);
        new RunDescription
        {
            CohortHash = input.Data.Cohort.Hash,
            Classes = input.Data.Cohort.Classes,
            Positive = decision.Positive,
            Threshold = decision.Threshold,
            Thresholds = decision.Thresholds,
            Conformal = decision.Conformal,
            FamiliarDistance = familiar,
            SourceChannels = facts.Channels,
            ScaleLow = facts.ScaleLow,
            ScaleHigh = facts.ScaleHigh,
            Mpp = facts.Mpp,
            MaskRules = facts.MaskRules?.ToJson(),
            ImageWise = input.Split.ImageWise,
            Seed = input.Recipe.Seed + part,
            Part = part + 1,
            Parts = input.Split.Parts.Count,
            Parameters = model.Parameters,
            Epochs = model.Outcome.Epochs,
            BestEpoch = model.Outcome.BestEpoch,
            TrainingSeconds = model.Outcome.Seconds,
            ProcessorSeconds = model.Processor + model.Outcome.EarlierProcessorSeconds,
            Steps = model.Outcome.Steps,
            TrainingAccuracy = model.Accuracy,
            WeightsMoved = model.Outcome.WeightsMoved,
            WaitingShare = model.Outcome.WaitingShare,
            EmptyMasks = facts.EmptyMasks,
            Images = facts.Images,
            StainsKept = facts.StainsKept,
            PeakMemory = ProcessMemory.Peak / 1048576.0,
            Threads = TorchRuntime.Threads,
            Reproducible = TorchRuntime.Reproducible,
            Precision = input.Precision,
            WeightsHash = RunWeights.Hash(run),
            Versions = RunEnvironment.Versions,
        }.Write(run.Description);
    }
}
