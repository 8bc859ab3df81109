using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Torch;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>
/// Images with masks, or annotated slides, as a session sees them. Both stages see windows of the part's training patients
/// only (of its validation patients too where nothing validates); test patients are predicted and judged pixel by pixel.
/// </summary>
internal sealed class SelfSupervisedData : TrainingData<SelfSupervisedModel>
{
    private const int ValidationStream = 1;
    private const int TestStream = 2;
    private const int MeasuredBatches = 8;
    private readonly SelfSupervisedRecipe recipe;
    private readonly SegmentationSources sources;

    /// <summary>Opens what a cohort names.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="cohort">Image files with a mask each, or slides with annotations.</param>
    /// <param name="stain">What images are brought to; null for none.</param>
    /// <param name="opened">Told how many are open.</param>
    /// <exception cref="InvalidDataException">A mask that is missing or has another size; the message names the row.</exception>
    public SelfSupervisedData(SelfSupervisedRecipe recipe, Cohort cohort, InputStain? stain, Action<int> opened)
    {
        (this.recipe, Cohort) = (recipe, cohort);
        sources = SegmentationSources.Open(recipe, cohort, stain, opened);
    }

    public override Cohort Cohort { get; }

    /// <summary>Where runs find what they have in common; null (default): each trains its own.</summary>
    public SharedTraining? Shared { get; init; }

    /// <summary>Opens what a cohort names, and tells of slides of which no window can be drawn.</summary>
    internal static SelfSupervisedData Prepare(SelfSupervisedRecipe recipe, Preparation given)
    {
        SelfSupervisedData data;
        using (var opening = given.Progress.Begin("opening", given.Cohort.Rows.Count, "images"))
            data = new SelfSupervisedData(recipe, given.Cohort, given.Stain, done => opening.Report(done))
            {
                Shared = given.SharedFolder is { } folder ? new SharedTraining(folder) : null,
            };
        data.sources.Annotated?.Tell(given.Progress);
        foreach (var shared in CohortMask.Shared(given.Cohort))
            given.Progress.Note($"{given.Cohort.Path}: {shared}");
        return data;
    }

    public override ImageFacts Facts =>
        new(
            3,
            recipe.Windows.Scale,
            recipe.Windows.Scale,
            recipe.Windows.Mpp is > 0 and var mpp ? mpp : CohortMpp.Of(Cohort),
            Cohort.Rows.Count
        )
        {
            StainsKept = sources.StainsKept,
            Looks = sources.Looks,
        };

    public override void Record(string folder) => sources.Annotated?.Record(folder);

    protected override SelfSupervisedModel Untrained(Device device) => recipe.Model(device);

    protected override FitOutcome Fit(
        SelfSupervisedModel model,
        SessionPart part,
        ITrainingProgress progress,
        CancellationToken stop
    )
    {
        var network = model.Network;
        var (training, validating) = Patients(part);
        var sampler = Sampler(training, "training", labeled: true);
        var validation =
            validating.Count == 0
                ? []
                : WindowCorpus.Draw(
                    Sampler(validating, "validation", labeled: true),
                    recipe.Windows.Validation,
                    recipe.Windows.Stride,
                    part.Seed,
                    ValidationStream
                );
        IReadOnlyList<CorpusWindow> Windows(BalancedSampler of, int count) =>
            WindowCorpus.Draw(of, count, recipe.Windows.Stride, part.Seed);

        var (stage, seconds) = (recipe, 0.0);
        if (recipe.Pretraining.Training.Epochs > 0)
        {
            var set = new WindowSet(
                Windows(Sampler(training, "training", labeled: false), recipe.Windows.Unlabeled),
                validation,
                1,
                part.Seed
            );
            var task = new PretrainingTask(recipe, Cohort, set, training, validating) { Shared = Shared };
            var pretraining = new Pretraining(task, network.Store.Device);
            progress.Stage("reconstruction", recipe.Pretraining.Training.Epochs);
            var (learned, outcome) = pretraining.Run(part.Run.Path, progress, stop);
            using (learned)
                network.TakeOver(learned.Store.All.ToDictionary(p => p.Path, p => p.Value));
            (stage, seconds) = (recipe.AfterPretraining, outcome.Seconds);
            if (recipe.Pretraining.CompareSkips)
                CompareSkips(pretraining, set, part, progress, stop);
        }
        progress.Stage("segmentation", recipe.Training.Epochs);
        var labeled = new WindowSet(
            Windows(sampler, recipe.Windows.Labeled),
            validation,
            recipe.Windows.Repeats,
            part.Seed
        );
        var examples = new WindowExamples(labeled, stage, recipe.Windows.ReaderThreads, labeled: true);
        if (recipe.Segmenter is SegmenterKind.BrightnessThreshold or SegmenterKind.AllForeground)
            return BrightnessRule.Fit(recipe, network, labeled.Training, part.Run);
        var second = new NetworkModel(stage, network).Fit(examples, part.Run, progress, stop);
        return second with { Seconds = seconds + second.Seconds };
    }

    protected override Predictions? Judge(
        SelfSupervisedModel model,
        SessionPart part,
        SplitSide side,
        CancellationToken stop
    )
    {
        if (side != SplitSide.Test)
            return null;
        var judging = new SegmentationJudging(
            new SegmentationPredictor([model.Network], recipe),
            Cohort,
            part.Run.Path
        );
        var tested = Of(part.Split.Rows(Cohort, side).Select(r => r.Patient));
        if (sources.AreSlides)
            judging.Judge(
                WindowCorpus.Draw(
                    new BalancedSampler(tested, sources.Classes, "test"),
                    recipe.Windows.Test,
                    recipe.Windows.Stride,
                    part.Seed,
                    TestStream
                ),
                recipe.Windows.TestSlides == TestedSlides.Whole ? [.. tested.OfType<SlideSource>()] : [],
                stop
            );
        else
            judging.Judge([.. ImagesOf(part, side)], stop);
        return null;
    }

    public override void Dispose() => sources.Dispose();

    /// <summary>Images of a side; of an image-wise split a patient's images stand on several.</summary>
    private IEnumerable<MaskedImage> ImagesOf(SessionPart part, SplitSide side)
    {
        var rows = part.Split.Rows(Cohort, side).ToHashSet(ReferenceEqualityComparer.Instance);
        return sources.All.OfType<MaskedImage>().Where(i => i.HasMask && rows.Contains(i.Row));
    }

    /// <summary>Whose windows teach, and whose say which epoch was best.</summary>
    private (IReadOnlyList<string> Training, IReadOnlyList<string> Validating) Patients(SessionPart part)
    {
        if (part.Split.ImageWise)
            throw new ArgumentException(
                "this method's split divides patients; an image-wise one would show windows of test patients in both stages"
            );
        return recipe.Windows.Validation > 0
            ? (part.Split.Train, part.Split.Validation)
            : ([.. part.Split.Train.Concat(part.Split.Validation).Order(StringComparer.Ordinal)], []);
    }

    private BalancedSampler Sampler(IEnumerable<string> patients, string side, bool labeled) =>
        new([.. Of(patients).Where(s => !labeled || s is not MaskedImage { HasMask: false })], sources.Classes, side);

    private IReadOnlyList<PatchSource> Of(IEnumerable<string> patients)
    {
        var wanted = patients.ToHashSet(StringComparer.Ordinal);
        return [.. sources.All.Where(s => wanted.Contains(s.Patient))];
    }

    /// <summary>Pre-trains with all skip connections, too, and measures both on the same windows.</summary>
    private void CompareSkips(
        Pretraining pretraining,
        WindowSet set,
        SessionPart part,
        ITrainingProgress progress,
        CancellationToken stop
    )
    {
        progress.Stage("reconstruction with all skips", recipe.Pretraining.Training.Epochs);
        using var scope = new TensorScope();
        var chosen = set.Validation.Count > 0 ? set.Validation : set.Training;
        var measured = set with
        {
            Training = chosen,
            Validation = [.. chosen.Take(MeasuredBatches * recipe.Pretraining.Training.Batch)],
        };
        var reading = new WindowExamples(
            measured,
            recipe.OnPretraining(),
            recipe.Windows.ReaderThreads,
            labeled: false
        );
        var device = pretraining.Device;
        var effect = new SkipEffect([
            .. reading.Validation().Select(raw => raw.ToTensors(recipe.Input, 1, device, null)),
        ]);
        var kept = recipe.Network.WithoutSkip;
        var rows = new List<(string, IReadOnlyList<LevelEffect>, ReconstructionErrors)>();
        foreach (
            var (name, skips, folder) in new (string, IReadOnlyList<int>, string)[]
            {
                ($"without {string.Join(" and ", kept)}", kept, Pretraining.FolderOf(part.Run.Path)),
                ("all", [], Path.Combine(part.Run.Path, $"{Pretraining.Folder}-all-skips")),
            }
        )
        {
            using var before = pretraining.Fresh(skips);
            using var after = pretraining.Fit(folder, skips, progress, stop).Network;
            rows.Add((name, effect.Levels(before, after), effect.Errors(after)));
        }
        SkipEffect.Write(part.Run.Path, rows);
    }
}
