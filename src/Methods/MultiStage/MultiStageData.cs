using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Methods.Training;
using Coverslip.Methods.Training.SlidePatches;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// The slides of a cohort as a session sees them: patches of the training patients teach the extractor, maps of their
/// slides the segmentation model, both together end to end; the test patients' slides are predicted patch by patch.
/// </summary>
public sealed class MultiStageData : ITrainingData, IDisposable
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
                $"{cohort.Path} has the classes {string.Join(", ", cohort.Classes)}; this method tells tumour from normal"
            );
        this.recipe = recipe;
        positive = recipe.Decision.PositiveOf(cohort.Classes)!;
        var side = recipe.Window;
        pixels = new WindowPixels(side, side, stain);
        var input = new PatchInput(pixels, recipe.Views, cohort.Classes.ToList().IndexOf(positive));
        Slides = CohortSlides.Open(cohort, recipe.Patches, input, side, opened);
    }

    public CohortSlides Slides { get; }

    public Cohort Cohort => Slides.Cohort;

    public ImageFacts Facts => new(3, 1, 1, recipe.Patches.Mpp, Cohort.Rows.Count) { StainsKept = pixels.StainsKept };

    public FitOutcome Fit(IModel model, SessionPart part, ITrainingProgress progress, CancellationToken stop)
    {
        if (recipe.Stages.Folds > 0)
            Staging(part).Check(part.Split.Rows(Cohort, SplitSide.Test));
        var both = (MultiStageModel)model;
        var outcome = both.Extractor is { } extractor
            ? TrainExtractor(extractor, part, progress, stop)
            : new FitOutcome(0, -1, 0, 0);
        if (both.Segmentation is { } segmentation)
        {
            progress.Stage("maps", 0);
            var (vectors, folder) = (new SlideVectors(recipe, both.Extractor), Path.Combine(part.Run.Path, "features"));
            MapSet Maps(SplitSide side) => new(vectors.OfAll(folder, Grids(part, side), progress, stop), recipe.Maps);
            var (training, validation) = (Maps(SplitSide.Train), Maps(SplitSide.Validation));
            progress.Stage("segmentation", recipe.MapTraining.Epochs);
            outcome = new MapTraining(segmentation, recipe.MapTraining, Folder(part, "segmentation"), part.Seed).Run(
                training,
                validation,
                progress,
                stop
            );
            if (recipe.Learning == Learning.EndToEnd)
                outcome = LearnEndToEnd(both, part, outcome, progress, stop);
        }
        SafeTensors.Write(part.Run.Best, model.State());
        return outcome;
    }

    public Predictions? Judge(IModel model, SessionPart part, SplitSide side, CancellationToken stop)
    {
        if (side != SplitSide.Test)
            return null;
        var judging = new SlideJudging(
            (MultiStageModel)model,
            recipe,
            part.Run.Path,
            Cohort.Classes.ToList().IndexOf(positive)
        );
        var slides = Grids(part, side).Select(g => new JudgedSlide(g, judging.Predict(g, stop))).ToArray();
        judging.Write(slides, Staging(part));
        return new Predictions(Cohort.Classes, [.. slides.Select(s => Row(s.Grid, s.Patches))]);
    }

    public void Dispose() => Slides.Dispose();

    private FitOutcome TrainExtractor(
        FeatureExtractor target,
        SessionPart part,
        ITrainingProgress progress,
        CancellationToken stop
    )
    {
        if (!recipe.TrainsExtractor)
        {
            recipe.Begin(target);
            return new FitOutcome(0, -1, 0, 0);
        }
        var run = Folder(part, "extractor");
        progress.Stage("extractor", recipe.Training.Epochs);
        BalancedSampler? Sampler(SplitSide side, string name) =>
            Sources(part, side) is { Count: > 0 } found ? new BalancedSampler(found, Cohort.Classes, name) : null;
        var examples = new SlideExamples(
            Sampler(SplitSide.Train, "training")!,
            Sampler(SplitSide.Validation, "validation"),
            recipe,
            recipe.Patches,
            part.Seed
        );
        using var classifier = new FeatureExtractor(recipe.Network, MultiStageModel.Classes, target.Store.Device);
        using var network = new NetworkModel(recipe, classifier);
        var outcome = network.Fit(examples, run, progress, stop);
        target.Load(classifier.Store.All.ToDictionary(p => p.Path, p => p.Value));
        return outcome;
    }

    private FitOutcome LearnEndToEnd(
        MultiStageModel model,
        SessionPart part,
        FitOutcome before,
        ITrainingProgress progress,
        CancellationToken stop
    )
    {
        var grids = Grids(part, SplitSide.Train);
        var task = new EndToEndTask(model.Extractor!, model.Segmentation!, _ => grids, recipe.Input.Width, recipe.Maps);
        progress.Stage("end to end", recipe.EndToEnd.Epochs);
        var seconds = 0.0;
        var mean = new MeanLoss();
        var moved = new EndToEndLearning(task, recipe.EndToEnd, Folder(part, "end-to-end").Path, part.Seed).Run(
            (epoch, done, slides, loss) =>
            {
                mean.Add(new LossParts(loss, loss, 0), 1);
                progress.Step(epoch, done, slides, mean);
            },
            epoch =>
            {
                seconds = epoch.Seconds;
                progress.Chosen(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"epoch {epoch.Epoch + 1}: loss {epoch.Loss:0.0000}, extractor moved {epoch.Moved.Extractor:0.##e+0}, segmentation moved {epoch.Moved.Segmentation:0.##e+0}, {epoch.WithoutLabel} slides without a label left out"
                    )
                );
                mean = new MeanLoss();
            },
            stop
        );
        return before with
        {
            Epochs = recipe.EndToEnd.Epochs,
            BestEpoch = recipe.EndToEnd.Epochs - 1,
            Seconds = before.Seconds + seconds,
            WeightsMoved = Math.Max(moved.Extractor, moved.Segmentation),
        };
    }

    private SlideStaging Staging(SessionPart part) => new(recipe.Stages, Cohort, part.Seed);

    private static RunFolder Folder(SessionPart part, string name) => new(Path.Combine(part.Run.Path, name));

    private IReadOnlyList<PatchSource> Sources(SessionPart part, SplitSide side) =>
        Slides.Of(part.Split.Rows(Cohort, side).Select(r => r.Patient).Distinct());

    private IReadOnlyList<SlideGrid> Grids(SessionPart part, SplitSide side)
    {
        var reading = recipe.Reading(pixels);
        return [.. Sources(part, side).OfType<SlideSource>().Select(s => new SlideGrid(s, reading))];
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
