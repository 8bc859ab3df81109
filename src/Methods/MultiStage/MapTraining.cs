using Coverslip.Learning.Loop;
using Coverslip.Learning.Processes;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Second half of separate learning (Takahama et al. 2019, sec. 3.2.1): the segmentation model over feature maps that
/// stay as they are; a batch is the numbers of some maps of one size.
/// </summary>
internal sealed class MapTraining : ITrainingRule<int[]>
{
    private readonly SegmentationModel model;
    private readonly MapTrainingOptions options;
    private readonly MapSet training,
        validation;
    private readonly IReadOnlyList<int> teaching;
    private readonly long seed;
    private readonly Ranks ranks = Ranks.Now;

    /// <param name="model">What learns.</param>
    /// <param name="options">How.</param>
    /// <param name="maps">Maps to learn from, and maps that say which epoch was best; without a labeled one the last
    /// is.</param>
    /// <param name="seed">Of the order of the maps, and of what is drawn.</param>
    /// <exception cref="InvalidOperationException">No map has a label.</exception>
    public MapTraining(
        SegmentationModel model,
        MapTrainingOptions options,
        (MapSet Training, MapSet Validation) maps,
        long seed
    )
    {
        (this.model, this.options, this.seed) = (model, options, seed);
        (training, validation) = maps;
        teaching = training.Labeled;
        if (teaching.Count == 0)
            throw new InvalidOperationException(
                $"none of the {training.Count} training maps has a labeled patch; look at the annotations and the label rule"
            );
        Stores = [new TrainedStore("", model.Store)];
        Steps = training.Batches(teaching, options.Batch).Count;
    }

    public IReadOnlyList<TrainedStore> Stores { get; }

    public int Steps { get; }

    public long PerEpoch => teaching.Count;

    public string Remedy => "lower segmentation.rate";

    /// <summary>Trains into a folder, or goes on there; the best epoch is left in both.</summary>
    public FitOutcome Run(RunFolder run, ITrainingProgress progress, CancellationToken stop = default)
    {
        TorchRuntime.Seed(seed);
        return new TrainingLoop<int[]>(this, options.Training, run, progress).Run(stop);
    }

    public IEnumerable<int[]> Epoch(int epoch) => training.Batches(teaching, options.Batch, (seed, epoch));

    public StepLoss Gradients(int[] batch, CancellationToken stop)
    {
        var share = ranks.Of(batch.Length);
        ranks.Compute(share);
        Tensor loss;
        var weight = 1.0;
        using (var forward = new TensorScope())
        {
            var built = training.Batch(batch[share.First..(share.First + share.Count)], model.Store.Device);
            if (ranks.AreSeveral)
            {
                // Cells count alike, of which maps have more or fewer.
                var own = share.Counts ? model.Loss.WeightOf(built.Labels) : 0;
                weight = own / ranks.Sums(own)[0];
            }
            loss = forward.Keep(model.Loss.Of(model.Forward(built.Maps), built.Labels));
        }
        ranks.Descend(loss, weight);
        return new StepLoss(new LossParts(loss.Item()), batch.Length) { Weight = weight };
    }

    public Judged? Judge(CancellationToken stop) => Judge(model, validation, options.Batch, stop);

    public double Figure(Judged judged, BestBy by) => options.Figure(judged);

    /// <summary>What a model in evaluation says of the labeled patches of some maps; null where there are none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="maps">All of them; those without a label do not count.</param>
    /// <param name="batch">Maps at a time.</param>
    /// <param name="stop">Asked between batches.</param>
    internal static Judged? Judge(SegmentationModel model, MapSet maps, int batch, CancellationToken stop)
    {
        var (mean, labels, probabilities) = (new MeanLoss(), new List<int>(), new List<double[]>());
        foreach (var numbers in maps.Batches(maps.Labeled, batch))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var built = maps.Batch(numbers, model.Store.Device);
            var scores = model.Forward(built.Maps);
            var loss = model.Loss.Of(scores, built.Labels).Item();
            mean.Add(new StepLoss(new LossParts(loss), numbers.Length));
            foreach (
                var patch in SlidePrediction.Cells(maps, built, scores).Where(p => p.Patch.Label != GridPatch.NoLabel)
            )
            {
                labels.Add(patch.Patch.Label);
                probabilities.Add([1 - patch.Probability, patch.Probability]);
            }
        }
        return labels.Count == 0 ? null : Judged.Of(mean, labels, probabilities, GridPatch.Tumor);
    }
}
