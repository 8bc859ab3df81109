using Coverslip.Learning.Features;
using Coverslip.Torch;

namespace Coverslip.Methods.Bags;

/// <summary>
/// The mean of a bag's features, or the greatest of each, and a logistic regression. An instance speaks by what the
/// regression says of it alone; of the mean, a bag's score is the mean of these scores.
/// </summary>
/// <param name="kind">Mean or max.</param>
/// <param name="scaling">Of the training bags' rows.</param>
/// <param name="regression">Fitted to them.</param>
internal sealed class PooledReader(BagKind kind, FeatureScaling scaling, LogisticRegression regression) : IBagReader
{
    public long Parameters
    {
        get
        {
            using var scope = new TensorScope();
            return regression.State().Sum(s => s.Value.Count);
        }
    }

    /// <summary>A bag as one row.</summary>
    internal static double[] Row(BagKind kind, BagInstances bag)
    {
        using var inference = new Inference();
        using var scope = new TensorScope();
        var instances = bag.ToTensor(Device.Cpu);
        return (kind == BagKind.Mean ? instances.Mean([0]) : instances.Max([0])).To(DType.Float64).ToArray<double>();
    }

    public BagReading Read(BagInstances bag)
    {
        var scores = regression.Scores([scaling.Apply(Row(kind, bag))])[0];
        var instances = scores.Select(_ => new float[bag.Count]).ToArray();
        Parallel.For(
            0,
            bag.Count,
            i =>
            {
                var row = Array.ConvertAll(bag.Values[(i * bag.Numbers)..((i + 1) * bag.Numbers)], v => (double)v);
                var said = Temperature.Softmax(regression.Scores([scaling.Apply(row)])[0], 1);
                for (var c = 0; c < said.Length; c++)
                    instances[c][i] = (float)said[c];
            }
        );
        return new BagReading(scores, instances) { Own = true };
    }

    public IEnumerable<(string Path, Tensor Value)> State() => [.. scaling.State(), .. regression.State()];

    internal static PooledReader From(BagKind kind, IReadOnlyDictionary<string, Tensor> state, int classes) =>
        new(kind, FeatureScaling.From(state), LogisticRegression.From(state, classes));

    public void Dispose() { }
}
