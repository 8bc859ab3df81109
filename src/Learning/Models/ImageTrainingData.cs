using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Masks;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

/// <summary>Image files at the network's size.</summary>
/// <param name="recipe">The recipe; its models learn from image files and predict them.</param>
/// <param name="set">The images.</param>
internal sealed class ImageTrainingData(IRecipe recipe, PatchSet set) : TrainingData<IModel>, ITrainingData
{
    /// <summary>Of more images of known patients every second, third, … is described: at 2048 features 16 MB.</summary>
    private const int MostDescribed = 4000;

    /// <summary>Of more training images every second, third, … is judged: it takes as long as predicting them.</summary>
    private const int MostJudged = 500;

    /// <summary>Of more test images every second, third, … is looked into: at 768 pixels a second and more each.</summary>
    private const int MostLookedInto = 48;

    /// <summary>Of so many test images there are pictures of what is inside the network, classes in turn.</summary>
    private const int MostPictured = 6;

    public override Cohort Cohort => set.Cohort;

    public PreparedMasks? Masks { get; private init; }

    public override ImageFacts Facts => Of(set);

    public ImageFacts FactsOf(int part) => Of(set.OfPart(part)) with { MaskRules = Masks?.RulesOf(part) };

    private static ImageFacts Of(PatchSet set) =>
        new(
            set.Patches.Max(p => p.Source.Channels),
            set.Patches.Min(p => p.Source.Scale),
            set.Patches.Max(p => p.Source.Scale),
            CohortMpp.Of(set.Cohort),
            set.Patches.Count
        )
        {
            Looks = ImageLooks.Of(set.Patches.Select(p => (p.Row.Patient, p.Source.Look!))),
            EmptyMasks = set.EmptyMasks,
            StainsKept = set.StainsKept,
        };

    /// <summary>Makes or finds a cohort's masks where the recipe asks for them, and reads its images.</summary>
    /// <exception cref="Coverslip.Slides.Images.UnreadableImageException">An image that cannot be read.</exception>
    public static ImageTrainingData Prepare(IRecipe recipe, Preparation given)
    {
        OutlinedInPart.Refuse(given.Cohort);
        var (input, progress) = (recipe.Input, given.Progress);
        var place = new MaskPlace(given.MaskFolder ?? "", MaskPart.Of(given.Split, given.Cohort), given.Device)
        {
            Stain = given.Stain,
            Progress = progress,
        };
        var masks = CohortMasks.Prepare(input, given.Cohort, place, given.Stop);
        PatchSet set;
        using (var reading = progress.Begin("reading images", given.Cohort.Rows.Count, "images"))
            set = new PatchSet(
                given.Cohort,
                input,
                masks?.Of(1),
                new PatchReading
                {
                    Stain = given.Stain,
                    Progress = done => reading.Report(done),
                    MasksOfPart = masks is { ByPart: true } ? masks.Of : null,
                }
            );
        if (set.StainNote is { } kept)
            progress.Note(kept);
        if (masks is not null)
            progress.Note(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(masks.ByPart ? "thresholds were fitted to the training images of each part; under the first part's, " : "")}masks keep some area in {set.Patches.Count - set.EmptyMasks} of {set.Patches.Count} images ({1 - (double)set.EmptyMasks / set.Patches.Count:0.0%}); at least 80 % is needed for masked results to mean anything"
                )
            );
        return new ImageTrainingData(recipe, set) { Masks = masks };
    }

    protected override IModel Untrained(Device device) => recipe.Untrained(Cohort.Classes.Count, device);

    protected override FitOutcome Fit(
        IModel model,
        SessionPart part,
        ITrainingProgress progress,
        CancellationToken stop
    ) => model.Able<IFitsImages>().Fit(TaskOf(part), part.Run, progress, stop);

    protected override IExamples? Examples(IModel model, SessionPart part) =>
        (model as NetworkModel)?.Examples(TaskOf(part));

    private FitTask TaskOf(SessionPart part)
    {
        var training = Side(part, SplitSide.Train)
            .Where(p => !(p.Empty && recipe.Input.EmptyMask == EmptyMask.Drop))
            .ToArray();
        if (training.Length == 0)
            throw new InvalidOperationException(
                $"part {part.Number + 1} of the split has no image to train on that has a mask; set input.empty_mask: raw, or other mask rules"
            );
        return new FitTask(SetOf(part), training, Side(part, SplitSide.Validation), part.Seed);
    }

    protected override Predictions? Judge(IModel model, SessionPart part, SplitSide side, CancellationToken stop)
    {
        var images = side == SplitSide.Train ? Some(Side(part, side), MostJudged) : Side(part, side);
        if (images.Count == 0 && side == SplitSide.Validation)
            return null;
        var task = new PredictionTask(SetOf(part), images);
        var probabilities = model.Able<IPredictsImages>().Probabilities(task, stop);
        if (recipe.Findings is not null)
            return Predictor.TableOfFindings(Cohort.Classes, images, probabilities);
        var table = Predictor.Table(Cohort.Classes, images, probabilities);
        return side == SplitSide.Test && model is ICallsSets { Promise: not null } calls
            ? table.WithSets(calls.Sets(task, stop))
            : table;
    }

    protected override IEnumerable<ActivationMap>? Maps(IModel model, SessionPart part, CancellationToken stop) =>
        (model as IMapsFindings)?.Maps(new PredictionTask(SetOf(part), Side(part, SplitSide.Test)), stop);

    protected override IEnumerable<InnerView>? Inside(IModel model, SessionPart part, CancellationToken stop)
    {
        var images = Some(Side(part, SplitSide.Test), MostLookedInto);
        var pictured = images
            .GroupBy(p => p.Label)
            .SelectMany(g => g.Select((patch, turn) => (patch, turn)))
            .OrderBy(p => p.turn)
            .Take(MostPictured)
            .Select(p => p.patch)
            .ToHashSet();
        return (model as IShowsInside)?.Inside(new PredictionTask(SetOf(part), images), pictured.Contains, stop);
    }

    protected override IReadOnlyList<(CohortRow Row, float[] Features)>? Features(
        IModel model,
        SessionPart part,
        SplitSide side,
        CancellationToken stop
    )
    {
        var some = side == SplitSide.Test ? Side(part, side) : Some(Side(part, side), MostDescribed);
        var features = (model as IDescribesImages)?.Features(new PredictionTask(SetOf(part), some), stop);
        return features is null ? null : [.. some.Select(p => p.Row).Zip(features)];
    }

    /// <summary>Evenly spread ones, at most so many.</summary>
    private static IReadOnlyList<Patch> Some(IReadOnlyList<Patch> images, int most)
    {
        var step = Math.Max(1, (images.Count + most - 1) / most);
        return [.. images.Where((_, i) => i % step == 0)];
    }

    private PatchSet SetOf(SessionPart part) => set.OfPart(part.Number + 1);

    private IReadOnlyList<Patch> Side(SessionPart part, SplitSide side)
    {
        var rows = part.Split.Rows(set.Cohort, side).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. SetOf(part).Patches.Where(p => rows.Contains(p.Row))];
    }
}
