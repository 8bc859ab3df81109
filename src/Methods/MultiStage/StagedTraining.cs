using System.Globalization;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Learning.Runs;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Trains the models of a part, a stage after the other (Takahama et al. 2019, sec. 3.2): the extractor on patches, the
/// vectors of all patches, the segmentation model over their maps, both end to end. Every stage draws from the part's seed
/// anew: it comes out the same whether those before it were trained here, resumed, or found (see
/// <see cref="SharedTraining"/>).
/// </summary>
/// <param name="data">The slides.</param>
/// <param name="recipe">The recipe.</param>
/// <param name="part">The part of the split.</param>
/// <param name="progress">Told how it goes.</param>
internal sealed class StagedTraining(
    MultiStageData data,
    MultiStageRecipe recipe,
    SessionPart part,
    ITrainingProgress progress
)
{
    /// <summary>Folders of the stages that have epochs, in their order.</summary>
    internal static readonly string[] Stages = [Extractor, Segmentation, EndToEnd];

    private const string Extractor = "extractor";
    private const string Segmentation = "segmentation";
    private const string EndToEnd = "end-to-end";

    private readonly Ranks ranks = Ranks.Now;

    /// <summary>Trains what the recipe's learning says; the models are left as they came out.</summary>
    internal FitOutcome Run(MultiStageModel model, CancellationToken stop)
    {
        var outcome = model.Extractor is { } extractor ? TrainExtractor(extractor, stop) : new FitOutcome(0, -1, 0, 0);
        if (model.Segmentation is not { } segmentation)
            return outcome;
        outcome = TrainSegmentation(segmentation, Maps(model.Extractor, stop), stop);
        return recipe.Learning == Learning.EndToEnd ? LearnEndToEnd(model, outcome, stop) : outcome;
    }

    private FitOutcome TrainExtractor(FeatureExtractor target, CancellationToken stop)
    {
        if (!recipe.TrainsExtractor)
        {
            recipe.Begin(target);
            return new FitOutcome(0, -1, 0, 0);
        }
        progress.Stage("extractor", recipe.Training.Epochs);
        using var stage = Enter(Extractor, data.Contents.Extractor(part, target.Store.Device), stop);
        var examples = data.Slides.Examples(recipe, recipe.Patches, part);
        TorchRuntime.Seed(part.Seed);
        using var classifier = new FeatureExtractor(recipe.Network, MultiStageModel.Classes, target.Store.Device);
        using var network = new NetworkModel(recipe, classifier);
        var outcome = network.Fit(examples, Folder(Extractor), progress, stop);
        target.Load(classifier.Store.All.ToDictionary(p => p.Path, p => p.Value));
        if (recipe.Prior == ClassPrior.Slides)
            ToPrior(target, examples.ClassShares);
        return outcome;
    }

    private void ToPrior(FeatureExtractor target, IReadOnlyList<double> trained)
    {
        var slides = data.Slides.Of(part, SplitSide.Train);
        long[] counts = [.. trained.Select((_, label) => slides.Sum(s => (long)s.Count(label)))];
        double[] shares = [.. counts.Select(c => (double)c / counts.Sum())];
        target.ToPrior(trained, shares);
        progress.Chosen(
            "probabilities speak of the slides' patches: "
                + string.Join(
                    ", ",
                    data.Cohort.Classes.Select(
                        (name, label) =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{name} {shares[label]:0.0%} of {counts.Sum()} instead of {trained[label]:0.0%} of the draws"
                            )
                    )
                )
        );
    }

    private (MapSet Training, MapSet Validation) Maps(FeatureExtractor? extractor, CancellationToken stop)
    {
        progress.Stage("maps", 0);
        var vectors = new SlideVectors(recipe, extractor);
        var made = vectors.Made(data.Contents);
        using var stage = Enter("features", data.Contents.Vectors(made), stop);
        var store = (Path.Combine(part.Run.Path, "features"), $"{made}");
        MapSet Of(SplitSide side) => new(vectors.OfAll(store, data.Grids(part, side), progress, stop), recipe.Maps);
        return ranks.LeadFirst(() => (Of(SplitSide.Train), Of(SplitSide.Validation)));
    }

    private FitOutcome TrainSegmentation(
        SegmentationModel model,
        (MapSet Training, MapSet Validation) maps,
        CancellationToken stop
    )
    {
        progress.Stage("segmentation", recipe.MapTraining.Epochs);
        TellProtruding(maps.Training, maps.Validation);
        using var stage = Enter(Segmentation, data.Contents.Segmentation(part, model.Store.Device), stop);
        return new MapTraining(model, recipe.MapTraining, maps, part.Seed).Run(Folder(Segmentation), progress, stop);
    }

    private void TellProtruding(params MapSet[] sets)
    {
        var (beyond, patches) = (sets.Sum(s => s.Protruding), sets.Sum(s => s.Patches));
        if (beyond == 0)
            return;
        var most = sets.SelectMany(s => s.ProtrudingSlides).MaxBy(s => s.Share);
        progress.Chosen(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{beyond} of {patches} patches ({(double)beyond / patches:0.0%}) lie beyond maps of {recipe.Maps.Side} × {recipe.Maps.Side} and teach nothing, most on {most.Slide} ({most.Share:0.0%}); see maps.side, maps.grow"
            )
        );
    }

    private FitOutcome LearnEndToEnd(MultiStageModel model, FitOutcome before, CancellationToken stop)
    {
        var (grids, side) = (data.Grids(part, SplitSide.Train), recipe.Input.Width);
        var task = new EndToEndTask(model.Extractor!, model.Segmentation!, grids, side, recipe.Maps)
        {
            Validation = data.Grids(part, SplitSide.Validation),
            Judging = recipe.MapTraining,
        };
        progress.Stage("end to end", recipe.EndToEnd.Epochs);
        var learning = new EndToEndLearning(task, recipe.EndToEnd, part.Seed);
        if (learning.Steps < grids.Count)
            progress.Chosen($"{grids.Count - learning.Steps} of {grids.Count} slides have no label and teach nothing");
        var outcome = learning.Run(Folder(EndToEnd), progress, stop);
        // Its steps read slides themselves: what the loop waits between them says nothing.
        return outcome with { Seconds = before.Seconds + outcome.Seconds, WaitingShare = null };
    }

    private RunFolder Folder(string name) => new(Path.Combine(part.Run.Path, name));

    private IDisposable? Enter(string name, Fingerprint contents, CancellationToken stop) =>
        ranks.LeadFirst(() =>
            ranks.Lead ? data.Shared?.Enter(Path.Combine(part.Run.Path, name), contents, progress, stop) : null
        );
}
