using Coverslip.Torch;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Coverslip.Methods.Probe;

/// <summary>
/// Multinomial logistic regression with L2: minimizes ½‖W‖² + C Σ sᵢ · (−log p(yᵢ | xᵢ)) by L-BFGS (Nocedal &amp; Wright 2006,
/// algorithm 7.5), intercepts free, as scikit-learn's LogisticRegression. Of two classes the first one's score is 0.
/// </summary>
internal sealed class LogisticRegression : IProbe
{
    private const double Tolerance = 1e-4; // of the greatest part of the gradient, as scikit-learn's
    private readonly double[] weights; // [(features + 1) · columns], intercepts in the last row
    private readonly int features,
        classes;

    internal LogisticRegression(double[] weights, int features, int classes) =>
        (this.weights, this.features, this.classes) = (weights, features, classes);

    private static int Columns(int classes) => classes == 2 ? 1 : classes;

    /// <summary>Fits from zeros, or from where another strength has come to.</summary>
    internal static LogisticRegression Fit(ProbeTask task, double c, LogisticRegression? from = null)
    {
        var columns = Columns(task.Classes);
        var start = from?.weights ?? new double[(task.Features + 1) * columns];
        using var objective = new Objective(task, c, columns);
        var found = new LimitedMemoryBfgsMinimizer(Tolerance, 0, 0, memory: 10, maximumIterations: 1000).FindMinimum(
            ObjectiveFunction.Gradient(objective.Of),
            Vector<double>.Build.Dense(start)
        );
        return new LogisticRegression(found.MinimizingPoint.ToArray(), task.Features, task.Classes);
    }

    public double[][] Scores(double[][] rows)
    {
        var columns = Columns(classes);
        return
        [
            .. rows.Select(row =>
            {
                var scores = new double[classes];
                for (var column = 0; column < columns; column++)
                {
                    var sum = weights[features * columns + column];
                    for (var f = 0; f < features; f++)
                        sum += row[f] * weights[f * columns + column];
                    scores[classes == 2 ? 1 : column] = sum;
                }
                return scores;
            }),
        ];
    }

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [("probe.weights", Tensor.From(weights, features + 1, Columns(classes)))];

    internal static LogisticRegression From(IReadOnlyDictionary<string, Tensor> state, int classes)
    {
        var stored = state["probe.weights"];
        return new LogisticRegression(stored.ToArray<double>(), (int)stored.Size(0) - 1, classes);
    }

    /// <summary>Value and gradient, over C times the weight of all images so that tolerances mean the same for all.</summary>
    private sealed class Objective : IDisposable
    {
        private readonly Tensor rows, // [N, F + 1], ones in the last column
            truth, // [N, classes], one-hot times the image's weight
            weight; // [N, 1]
        private readonly double price,
            all;
        private readonly int columns,
            classes;

        internal Objective(ProbeTask task, double c, int columns)
        {
            using var scope = new TensorScope();
            (price, this.columns, classes) = (c, columns, task.Classes);
            var n = task.Rows.Length;
            all = task.Weights.Sum();
            var ones = new double[n * (task.Features + 1)];
            var hot = new double[n * classes];
            for (var i = 0; i < n; i++)
            {
                task.Rows[i].CopyTo(ones.AsSpan(i * (task.Features + 1)));
                ones[(i + 1) * (task.Features + 1) - 1] = 1;
                hot[i * classes + task.Labels[i]] = task.Weights[i];
            }
            rows = scope.Keep(Tensor.From(ones, n, task.Features + 1));
            truth = scope.Keep(Tensor.From(hot, n, classes));
            weight = scope.Keep(Tensor.From(task.Weights, n, 1));
        }

        internal (double Value, Vector<double> Gradient) Of(Vector<double> point)
        {
            using var inference = new Inference();
            using var scope = new TensorScope();
            var w = Tensor.From(point.ToArray(), rows.Size(1), columns);
            var free = w.Narrow(0, 0, rows.Size(1) - 1);
            var scores = rows.Matmul(w); // [N, columns]
            if (columns < classes)
                scores = Tensor.Cat([Tensor.Zeros([rows.Size(0), 1], DType.Float64), scores], 1);
            var log = scores.LogSoftmax(1);
            var value = (free.Square().Sum().Item() / 2 / price) - (log * truth).Sum().Item();
            var wrong = log.Exp() * weight - truth; // [N, classes]
            if (columns < classes)
                wrong = wrong.Narrow(1, 1, 1);
            var gradient = rows.Transpose(0, 1).Matmul(wrong);
            var pull = Tensor.Cat([free / price, Tensor.Zeros([1, columns], DType.Float64)], 0);
            return (value / all, Vector<double>.Build.Dense(((gradient + pull) / all).Reshape(-1).ToArray<double>()));
        }

        public void Dispose()
        {
            rows.Dispose();
            truth.Dispose();
            weight.Dispose();
        }
    }
}
