using Coverslip.Torch;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Coverslip.Learning.Features;

/// <summary>
/// Fits <see cref="LogisticRegression"/> to one set of images, strength after strength; each begins where the one before ended.
/// L-BFGS (Nocedal &amp; Wright 2006, algorithm 7.5) moves in coordinates in which the bound of Böhning (1992) on the second
/// derivatives is the identity, so that some ten steps do.
/// </summary>
public sealed class LogisticFit : IDisposable
{
    private const double Tolerance = 1e-4; // of the gradient's greatest part in these coordinates
    private readonly Tensor rows, // [N, F + 1], ones in the last column
        truth, // [N, classes], one-hot times the image's weight
        weight, // [N, 1]
        spread; // [F + 1, F + 1], the bound without the pull of ½‖w‖²
    private readonly double all;
    private readonly int classes,
        columns;
    private double[] weights;

    /// <param name="task">What it learns from; scaled.</param>
    public LogisticFit(WeightedFeatures task)
    {
        using var scope = new TensorScope();
        using var inference = new Inference();
        var (n, width) = (task.Rows.Length, task.Features + 1);
        (classes, columns) = (task.Classes, LogisticRegression.Columns(task.Classes));
        weights = new double[width * columns];
        all = task.Weights.Sum();
        var flat = new double[n * width];
        var hot = new double[n * classes];
        for (var i = 0; i < n; i++)
        {
            task.Rows[i].CopyTo(flat.AsSpan(i * width));
            flat[(i + 1) * width - 1] = 1;
            hot[i * classes + task.Labels[i]] = task.Weights[i];
        }
        rows = scope.Keep(Tensor.From(flat, n, width));
        truth = scope.Keep(Tensor.From(hot, n, classes));
        weight = scope.Keep(Tensor.From(task.Weights, n, 1));
        // p (1 − p) is at most ¼; of several classes the bound is ½.
        spread = scope.Keep(rows.Transpose(0, 1).Matmul(rows * weight) * (columns == 1 ? 0.25 : 0.5));
    }

    /// <summary>The regression of a strength, C of scikit-learn.</summary>
    public LogisticRegression Fit(double c)
    {
        using var scope = new TensorScope();
        using var inference = new Inference();
        var width = rows.Size(1);
        // An intercept is pulled by nothing; the little it gets keeps the matrix definite.
        double[] pulls = [.. Enumerable.Repeat(1 / c, (int)width - 1), 1e-9 * all];
        var pull = Tensor.From(pulls, width, 1);
        var lower = ((spread + Tensor.From(Diagonal(pulls), width, width)) / all).Cholesky();
        var upper = lower.Transpose(0, 1).Contiguous();
        var start = upper.Matmul(Tensor.From(weights, width, columns)).ToArray<double>();
        var found = new LimitedMemoryBfgsMinimizer(Tolerance, 0, 0, memory: 10, maximumIterations: 1000).FindMinimum(
            ObjectiveFunction.Gradient(point => Of(point, pull, (lower, upper))),
            Vector<double>.Build.Dense(start)
        );
        weights = Back(found.MinimizingPoint, upper).ToArray<double>();
        return new LogisticRegression(weights, (int)width - 1, classes);
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[rows, truth, weight, spread])
            tensor.Dispose();
    }

    private static double[] Diagonal(double[] values)
    {
        var matrix = new double[values.Length * values.Length];
        for (var i = 0; i < values.Length; i++)
            matrix[i * (values.Length + 1)] = values[i];
        return matrix;
    }

    private Tensor Back(Vector<double> point, Tensor upper) =>
        upper.SolveTriangular(Tensor.From(point.ToArray(), rows.Size(1), columns), upper: true);

    /// <summary>Value and gradient, both over the weight of all images.</summary>
    private (double Value, Vector<double> Gradient) Of(
        Vector<double> point,
        Tensor pull,
        (Tensor Lower, Tensor Upper) bound
    )
    {
        using var scope = new TensorScope();
        var w = Back(point, bound.Upper);
        var scores = rows.Matmul(w); // [N, columns]
        if (columns < classes)
            scores = Tensor.Cat([Tensor.Zeros([rows.Size(0), 1], DType.Float64), scores], 1);
        var log = scores.LogSoftmax(1);
        var value = ((w.Square() * pull).Sum().Item() / 2) - (log * truth).Sum().Item();
        var wrong = log.Exp() * weight - truth; // [N, classes]
        if (columns < classes)
            wrong = wrong.Narrow(1, 1, 1);
        var gradient = (rows.Transpose(0, 1).Matmul(wrong) + w * pull) / all;
        var moved = bound.Lower.SolveTriangular(gradient, upper: false);
        return (value / all, Vector<double>.Build.Dense(moved.Reshape(-1).ToArray<double>()));
    }
}
