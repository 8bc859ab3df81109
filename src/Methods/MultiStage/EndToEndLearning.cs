using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Processes;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>What end-to-end learning works on.</summary>
/// <param name="Extractor">Without its last layer, with separate learning's weights.</param>
/// <param name="Segmentation">With separate learning's weights.</param>
/// <param name="Slides">The training slides.</param>
/// <param name="Side">Pixels to a side of a patch.</param>
/// <param name="Maps">How patches are laid out.</param>
internal sealed record EndToEndTask(
    FeatureExtractor Extractor,
    SegmentationModel Segmentation,
    IReadOnlyList<ISlidePatches> Slides,
    int Side,
    FeatureMapOptions Maps
)
{
    /// <summary>Slides that say which epoch was best; none by default: the last is.</summary>
    public IReadOnlyList<ISlidePatches> Validation { get; init; } = [];

    /// <summary>How their maps are judged: how many at a time, and by which figure.</summary>
    public MapTrainingOptions Judging { get; init; } = new();
}

/// <summary>A slide as a step of end-to-end learning takes it.</summary>
/// <param name="Slide">Its patches.</param>
/// <param name="Layout">Their maps.</param>
/// <param name="MiniBatches">Places in <see cref="MapLayout.Placed"/>, in the order in which they are read.</param>
internal sealed record TaughtSlide(ISlidePatches Slide, MapLayout Layout, IReadOnlyList<int[]> MiniBatches);

/// <summary>
/// End-to-end learning (Takahama et al. 2019, sec. 3.2.2): both models together, a step of Adam per slide. After every epoch
/// the validation slides are predicted anew, features included, and the best epoch is kept.
/// </summary>
internal sealed class EndToEndLearning : ITrainingRule<TaughtSlide>
{
    private readonly EndToEndTask task;
    private readonly EndToEndOptions options;
    private readonly long seed;
    private readonly RetainedGradients step;
    private readonly MapLayout[] layouts;
    private readonly ISlidePatches[] judging;
    private double drift;

    /// <param name="task">Models and slides.</param>
    /// <param name="options">Epochs, rates, how gradients are computed.</param>
    /// <param name="seed">Of the order of slides, and of what is drawn.</param>
    /// <exception cref="InvalidOperationException">No training slide has a labeled patch on its maps.</exception>
    public EndToEndLearning(EndToEndTask task, EndToEndOptions options, long seed)
    {
        (this.task, this.options, this.seed) = (task, options, seed);
        step = new RetainedGradients(task.Extractor, task.Segmentation, options.Gradients);
        layouts = [.. task.Slides.Select(s => MapLayout.Of(s.Patches, task.Maps))];
        judging = [.. task.Validation.Where(s => HasLabel(s, MapLayout.Of(s.Patches, task.Maps)))];
        Steps = task.Slides.Zip(layouts).Count(s => HasLabel(s.First, s.Second));
        if (Steps == 0)
            throw new InvalidOperationException(
                $"none of the {task.Slides.Count} training slides has a labeled patch on its maps; look at the annotations and the label rule"
            );
        Stores =
        [
            new TrainedStore("extractor", task.Extractor.Store, options.ExtractorRate),
            new TrainedStore("segmentation", task.Segmentation.Store, options.SegmentationRate),
        ];
    }

    public IReadOnlyList<TrainedStore> Stores { get; }

    /// <summary>Slides that teach: those with a labeled patch on their maps.</summary>
    public int Steps { get; }

    public long PerEpoch => Steps;

    public bool OneBackward => false;

    public string Remedy => "lower end_to_end.extractor_rate and end_to_end.segmentation_rate";

    /// <summary>The greatest difference of a second forward pass in the epoch, see <see cref="EndToEndOutcome"/>.</summary>
    public IReadOnlyList<(string Name, double Value)> Figures => [("drift", drift)];

    /// <summary>Trains into a folder, or goes on there; the best epoch is left in the folder and in both models.</summary>
    /// <exception cref="InvalidOperationException">See <see cref="RetainedGradients.Compute"/>.</exception>
    public FitOutcome Run(RunFolder run, ITrainingProgress progress, CancellationToken stop = default)
    {
        TorchRuntime.Seed(seed);
        // One rank computes the segmentation model of a slide, of which there is one map to normalize by.
        var training = task.Judging.Training with
        {
            Epochs = options.Epochs,
            SyncBatchNorm = false,
        };
        return new TrainingLoop<TaughtSlide>(this, training, run, progress).Run(stop);
    }

    public IEnumerable<TaughtSlide> Epoch(int epoch)
    {
        drift = 0;
        int[] order = [.. Enumerable.Range(0, task.Slides.Count)];
        var random = new SeededRandom(seed, epoch);
        random.Shuffle(order.AsSpan());
        return order
            .Where(n => HasLabel(task.Slides[n], layouts[n]))
            .Select(n => new TaughtSlide(task.Slides[n], layouts[n], MiniBatches(layouts[n], (epoch, n))));
    }

    public StepLoss Gradients(TaughtSlide batch, CancellationToken stop)
    {
        var outcome = step.Compute(batch.Slide, task.Side, batch.Layout, batch.MiniBatches, stop);
        drift = Math.Max(drift, outcome.Drift);
        return new StepLoss(new LossParts(outcome.Loss), Examples: 1) { Weight = Ranks.Now.Lead ? 1 : 0 };
    }

    public Judged? Judge(CancellationToken stop)
    {
        var reading = (task.Side, SlideVectors.Batch);
        var features = judging.Select(s => SlideFeatures.Compute(task.Extractor, s, reading, stop: stop));
        return MapTraining.Judge(task.Segmentation, new MapSet(features, task.Maps), task.Judging.Batch, stop);
    }

    public double Figure(Judged judged, BestBy by) => task.Judging.Figure(judged);

    /// <summary>With batch statistics mini-batches are drawn from the whole slide, by seed, epoch and slide.</summary>
    private IReadOnlyList<int[]> MiniBatches(MapLayout layout, (int Epoch, int Slide) at)
    {
        if (options.Gradients.Statistics == EndToEndStatistics.Running)
            return layout.MiniBatches(options.Gradients.MiniBatch);
        int[] order = [.. Enumerable.Range(0, layout.Placed.Count)];
        var random = new SeededRandom(seed + 1 + at.Slide, at.Epoch);
        random.Shuffle(order.AsSpan());
        return layout.MiniBatches(options.Gradients.MiniBatch, order);
    }

    private static bool HasLabel(ISlidePatches slide, MapLayout layout) =>
        layout.Placed.Any(p => slide.Patches[p].Label != GridPatch.NoLabel);
}
