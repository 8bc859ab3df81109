using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Formats;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// The slides of a cohort as a session sees them: patches of the training patients teach the extractor, maps of their
/// slides the segmentation model, both together end to end; the test patients' slides are predicted patch by patch.
/// </summary>
internal sealed class MultiStageData : TrainingData<MultiStageModel>
{
    private readonly MultiStageRecipe recipe;
    private readonly WindowPixels pixels;
    private readonly string positive;

    /// <summary>Opens the slides of a cohort.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="cohort">Of two classes.</param>
    /// <param name="stain">What patches are brought to; null for none.</param>
    /// <param name="opened">Told how many slides are open.</param>
    /// <exception cref="InvalidDataException">See <see cref="CohortSlides.Open"/>.</exception>
    public MultiStageData(MultiStageRecipe recipe, Cohort cohort, InputStain? stain, Action<int> opened)
    {
        if (cohort.Classes.Count != MultiStageModel.Classes)
            throw new InvalidDataException(
                $"{cohort.Path} has the classes {string.Join(", ", cohort.Classes)}; this method tells tumor from normal"
            );
        if (!cohort.Rows.Any(r => SlideFile.IsSlide(cohort.ImagePath(r))))
            throw new InvalidDataException(
                $"{cohort.Path} names no whole slide, such as {cohort.Rows[0].Image}; this method maps slides: name the slides "
                    + "themselves, or train on these images with a method that takes images"
            );
        this.recipe = recipe;
        positive = recipe.Decision.PositiveOf(cohort.Classes)!;
        var side = recipe.Window;
        pixels = new WindowPixels(side, side, stain);
        var input = new PatchInput(pixels, recipe.Views, recipe.Decision.TumorOf(cohort.Classes));
        Slides = CohortSlides.Open(cohort, recipe.Patches, input, side, opened);
        Contents = new StageContents(recipe, cohort, Slides.Sources, stain);
    }

    public CohortSlides Slides { get; }

    /// <summary>Where runs find stages that they have in common; null (default): each trains its own.</summary>
    public SharedTraining? Shared { get; init; }

    /// <summary>What decides how the stages come out.</summary>
    internal StageContents Contents { get; }

    public override Cohort Cohort => Slides.Cohort;

    public override ImageFacts Facts =>
        new(3, 1, 1, recipe.Patches.Mpp, Cohort.Rows.Count) { StainsKept = pixels.StainsKept, Looks = Slides.Looks };

    /// <summary>Opens the slides of a cohort, and tells of those without patches.</summary>
    internal static MultiStageData Prepare(MultiStageRecipe recipe, Preparation given)
    {
        MultiStageData data;
        using (var opening = given.Progress.Begin("opening slides", given.Cohort.Rows.Count, "slides"))
            data = new MultiStageData(recipe, given.Cohort, given.Stain, done => opening.Report(done))
            {
                Shared = given.SharedFolder is { } folder ? new SharedTraining(folder) : null,
            };
        data.Slides.Tell(given.Progress);
        return data;
    }

    public override void Record(string folder) => Slides.Record(folder);

    protected override MultiStageModel Untrained(Device device) => new(recipe, device);

    protected override FitOutcome Fit(
        MultiStageModel model,
        SessionPart part,
        ITrainingProgress progress,
        CancellationToken stop
    )
    {
        if (recipe.Stages.Folds > 0)
            Staging(part).Check(part.Split.Rows(Cohort, SplitSide.Test));
        var outcome = new StagedTraining(this, recipe, part, progress).Run(model, stop);
        if (Ranks.Now.Lead)
            SafeTensors.Write(part.Run.Best, model.State());
        return outcome;
    }

    protected override Predictions? Judge(
        MultiStageModel model,
        SessionPart part,
        SplitSide side,
        CancellationToken stop
    )
    {
        if (side == SplitSide.Validation && !recipe.Decision.AsksValidation)
            return null;
        var judging = new SlideJudging(model, recipe, part.Run.Path, Cohort.Classes.ToList().IndexOf(positive));
        var slides = Grids(part, side)
            .Select(g => new JudgedSlide(g, g.SideBySide(judging.Predict(g, stop))))
            .ToArray();
        if (side == SplitSide.Test)
            judging.Write(slides, Staging(part));
        return new Predictions(Cohort.Classes, [.. slides.Select(s => Row(s.Grid, s.Patches))]);
    }

    public override void Dispose() => Slides.Dispose();

    private SlideStaging Staging(SessionPart part) => new(recipe.Stages, Cohort, part.Seed);

    /// <summary>The slides of a side of the part, cut into patches.</summary>
    internal IReadOnlyList<SlideGrid> Grids(SessionPart part, SplitSide side)
    {
        var reading = recipe.Reading(pixels);
        return [.. Slides.Of(part, side).OfType<SlideSource>().Select(s => new SlideGrid(s, reading))];
    }

    /// <summary>A slide is as probable as its most probable patch; one without patches is not.</summary>
    private Prediction Row(SlideGrid slide, IReadOnlyList<PredictedPatch> patches)
    {
        var (row, score) = (slide.Source.Row, patches.Select(p => p.Probability).DefaultIfEmpty(0).Max());
        double[] probabilities = [.. Cohort.Classes.Select(c => c == positive ? score : 1 - score)];
        var called = Cohort.Classes.First(c => c == positive == score > 0.5);
        return new Prediction(row.Image, row.Patient, row.Label, called, probabilities);
    }
}
