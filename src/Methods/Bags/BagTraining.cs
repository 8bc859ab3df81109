using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Processes;
using Coverslip.Torch;

namespace Coverslip.Methods.Bags;

/// <summary>What a model of bags learns from: one part of a split.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Features">Instances of the bags.</param>
/// <param name="Training">Training bags.</param>
/// <param name="Validation">Validation bags; may be empty.</param>
/// <param name="Seed">Of whatever is drawn at random.</param>
internal sealed record BagTask(
    BagsRecipe Recipe,
    IBagFeatures Features,
    IReadOnlyList<Bag> Training,
    IReadOnlyList<Bag> Validation,
    long Seed
)
{
    /// <summary>Number of classes.</summary>
    internal required int Classes { get; init; }
}

/// <summary>
/// How a network learns from bags: one after the other, since their sizes differ; gradients of a step's bags add up. Each bag
/// is shown without some of its instances, others in every epoch.
/// </summary>
internal sealed class BagTraining : ITrainingRule<IReadOnlyList<Bag>>
{
    private const int OrderStream = 401,
        InstanceStream = 402;
    private readonly BagTask task;
    private readonly NetworkReader reader;
    private readonly double[] weights;
    private readonly Dictionary<Bag, int> numbers;
    private readonly Ranks ranks = Ranks.Now;
    private int epochNow;

    internal BagTraining(BagTask task, NetworkReader reader)
    {
        (this.task, this.reader) = (task, reader);
        numbers = task.Training.Index().ToDictionary(b => b.Item, b => b.Index);
        var counts = task.Training.CountBy(b => b.Class).ToDictionary();
        weights =
        [
            .. Enumerable
                .Range(0, task.Classes)
                .Select(c =>
                    task.Recipe.Balanced && counts.TryGetValue(c, out var count)
                        ? (double)task.Training.Count / (counts.Count * count)
                        : 1
                ),
        ];
    }

    public IReadOnlyList<TrainedStore> Stores => [new(NetworkFit.Name, reader.Store)];

    public int Steps => (task.Training.Count + task.Recipe.Training.Batch - 1) / task.Recipe.Training.Batch;

    public long PerEpoch => task.Training.Count;

    public bool OneBackward => false;

    public string Remedy => "lower training.rate or set training.clip_gradient";

    public IEnumerable<IReadOnlyList<Bag>> Epoch(int epoch)
    {
        epochNow = epoch;
        Bag[] order = [.. task.Training];
        SeededRandom.For((int)task.Seed, OrderStream, epoch).Shuffle(order.AsSpan());
        return order.Chunk(task.Recipe.Training.Batch);
    }

    public StepLoss Gradients(IReadOnlyList<Bag> batch, CancellationToken stop)
    {
        var (total, classes) = (0.0, 0.0);
        var share = ranks.Of(batch.Count);
        foreach (var bag in share.Counts ? batch.Skip(share.First).Take(share.Count) : [])
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var instances = task.Features.Of(bag, stop);
            var said = reader.Network.Forward(reader.Scaled(instances, Shown(bag, instances.Count)));
            var (loss, ofClass) = Loss(said, bag.Class);
            (loss * (weights[bag.Class] / batch.Count)).Backward();
            total += loss.Item() / batch.Count;
            classes += ofClass.Item() / batch.Count;
        }
        return new StepLoss(new LossParts(total, classes, 0), batch.Count);
    }

    public Judged? Judge(CancellationToken stop)
    {
        if (task.Validation.Count == 0)
            return null;
        var (mean, probabilities) = (new MeanLoss(), new List<double[]>());
        foreach (var bag in task.Validation)
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var said = reader.Network.Forward(reader.Scaled(task.Features.Of(bag, stop)));
            var (loss, ofClass) = Loss(said, bag.Class);
            mean.Add(new StepLoss(new LossParts(loss.Item(), ofClass.Item(), 0), 1));
            probabilities.AddRange(Predictor.Rows(said.Scores.Softmax(1)));
        }
        return double.IsFinite(mean.Value.Total)
            ? Judged.Of(mean, [.. task.Validation.Select(b => b.Class)], probabilities)
            : new Judged(mean.Value, double.NaN, double.NaN);
    }

    private (Tensor All, Tensor OfClass) Loss(BagScores said, int label)
    {
        var target = Tensor.From<long>([label]).To(reader.Store.Device);
        var ofClass = Losses.CrossEntropy(said.Scores, target);
        var network = reader.Network;
        return network.InstanceWeight > 0 && network.InstanceLoss(said, label) is { } ofInstances
            ? ((1 - network.InstanceWeight) * ofClass + network.InstanceWeight * ofInstances, ofClass)
            : (ofClass, ofClass);
    }

    /// <summary>The instances that are shown in this epoch, in their order; null for all.</summary>
    private long[]? Shown(Bag bag, int count)
    {
        var share = task.Recipe.Bags.InstanceDropout;
        if (share == 0)
            return null;
        var random = SeededRandom.For(unchecked((int)task.Seed), InstanceStream + epochNow, numbers[bag]);
        long[] shown = [.. Enumerable.Range(0, count).Where(_ => random.Unit() >= share).Select(i => (long)i)];
        return shown.Length > 0 ? shown : null;
    }
}
