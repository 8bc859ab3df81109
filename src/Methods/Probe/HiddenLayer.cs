using Coverslip.Files;
using Coverslip.Learning.Features;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Methods.Probe;

/// <summary>
/// softmax(W₂ · relu(W₁ x + b₁) + b₂), fitted by Adam on all images at once, with the price of its loss as in logistic
/// regression.
/// </summary>
internal sealed class HiddenLayer : IFeatureClassifier
{
    private const int Steps = 300;
    private const double Rate = 0.003;
    private readonly (double[] Hidden, double[] HiddenBias, double[] Output, double[] OutputBias) weights;
    private readonly int features,
        units,
        classes;

    private HiddenLayer(
        (double[] Hidden, double[] HiddenBias, double[] Output, double[] OutputBias) weights,
        (int Features, int Units, int Classes) shape
    ) => (this.weights, (features, units, classes)) = (weights, shape);

    internal static HiddenLayer Fit(WeightedFeatures task, double c, int units, long seed)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(type: DType.Float64);
        var hidden = new Linear(store.Root / "hidden", task.Features, units);
        var output = new Linear(store.Root / "output", units, task.Classes);
        Start(store, seed);
        var rows = Tensor.From([.. task.Rows.SelectMany(r => r)], task.Rows.Length, task.Features);
        var hot = new double[task.Rows.Length * task.Classes];
        foreach (var (i, label) in task.Labels.Index())
            hot[i * task.Classes + label] = task.Weights[i];
        var truth = Tensor.From(hot, task.Rows.Length, task.Classes);
        var all = task.Weights.Sum();
        using var optimizer = new Adam(store, Rate);
        for (var step = 0; step < Steps; step++)
        {
            using var each = new TensorScope();
            foreach (var (_, value) in store.Trainable)
                value.Gradient?.ZeroInPlace();
            var log = output.Forward(hidden.Forward(rows).Relu()).LogSoftmax(1);
            var pull = hidden.Weight.Square().Sum() + output.Weight.Square().Sum();
            (pull / (2 * c * all) - (log * truth).Sum() / all).Backward();
            optimizer.Step();
        }
        return new HiddenLayer(
            (
                hidden.Weight.ToArray<double>(),
                hidden.Bias!.ToArray<double>(),
                output.Weight.ToArray<double>(),
                output.Bias!.ToArray<double>()
            ),
            (task.Features, units, task.Classes)
        );
    }

    public double[][] Scores(double[][] rows)
    {
        var scores = new double[rows.Length][];
        Parallel.For(
            0,
            rows.Length,
            i =>
            {
                var active = Through(rows[i], weights.Hidden, weights.HiddenBias, features);
                for (var u = 0; u < units; u++)
                    active[u] = Math.Max(0, active[u]);
                scores[i] = Through(active, weights.Output, weights.OutputBias, units);
            }
        );
        return scores;
    }

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [
            ("probe.hidden.weight", Tensor.From(weights.Hidden, units, features)),
            ("probe.hidden.bias", Tensor.From(weights.HiddenBias)),
            ("probe.output.weight", Tensor.From(weights.Output, classes, units)),
            ("probe.output.bias", Tensor.From(weights.OutputBias)),
        ];

    internal static HiddenLayer From(IReadOnlyDictionary<string, Tensor> state, int classes)
    {
        var hidden = state["probe.hidden.weight"];
        double[] Of(string name) => state[$"probe.{name}"].ToArray<double>();
        return new HiddenLayer(
            (hidden.ToArray<double>(), Of("hidden.bias"), Of("output.weight"), Of("output.bias")),
            ((int)hidden.Size(1), (int)hidden.Size(0), classes)
        );
    }

    /// <summary>Uniform within 1 / √fan-in, drawn from the seed alone.</summary>
    private static void Start(ParameterStore store, long seed)
    {
        using var off = new NoGradient();
        foreach (var (number, (path, value)) in store.Trainable.Index())
        {
            var random = new SeededRandom(seed, 100 + number);
            var bound = 1 / Math.Sqrt(store[path.Replace("bias", "weight", StringComparison.Ordinal)].Size(1));
            var drawn = new double[value.Count];
            for (var i = 0; i < drawn.Length; i++)
                drawn[i] = bound * (2 * random.Unit() - 1);
            value.CopyInPlace(Tensor.From(drawn, value.Shape));
        }
    }

    private static double[] Through(double[] row, double[] weight, double[] bias, int inputs)
    {
        var sums = bias.ToArray();
        for (var o = 0; o < sums.Length; o++)
        for (var i = 0; i < inputs; i++)
            sums[o] += row[i] * weight[o * inputs + i];
        return sums;
    }
}
