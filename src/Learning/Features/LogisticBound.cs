using Coverslip.Torch;

namespace Coverslip.Learning.Features;

/// <summary>
/// The bound of Böhning (1992) on the second derivatives of logistic regression, [F + 1, F + 1] over the weight of all images,
/// by which <see cref="LogisticDescent"/> chooses its steps. It decides how fast a fit comes to its end and not where that is,
/// so that one of all images serves the fits to most of them.
/// </summary>
internal sealed class LogisticBound : IDisposable
{
    private readonly Tensor spread; // without the pull of ½‖w‖²
    private readonly double all;
    private readonly Dictionary<double, Tensor> factors = [];

    internal LogisticBound(WeightedFeatures task)
    {
        using var scope = new TensorScope();
        using var inference = new Inference();
        var rows = LogisticFit.Rows(task);
        all = task.Weights.Sum();
        // p (1 − p) is at most ¼; of several classes the bound is ½.
        var most = (LogisticRegression.Columns(task.Classes) == 1 ? 0.25 : 0.5) / all;
        float[] weights = [.. task.Weights.Select(w => (float)(w * most))];
        spread = scope.Keep(
            rows.Transpose(0, 1).Matmul(rows * Tensor.From(weights, weights.Length, 1)).To(DType.Float64)
        );
    }

    /// <summary>Makes the factor of a strength, which stays as long as this: outside of whatever scope asks for it later.</summary>
    internal void Prepare(double c)
    {
        if (factors.ContainsKey(c))
            return;
        using var scope = new TensorScope();
        using var inference = new Inference();
        var width = (int)spread.Size(0);
        var pulls = new double[width * width];
        // An intercept is pulled by nothing; the little that all get keeps the matrix definite though its rows are rounded.
        for (var i = 0; i < width; i++)
            pulls[i * (width + 1)] = (i < width - 1 ? 1 / (c * all) : 0) + 1e-6;
        factors[c] = scope.Keep((spread + Tensor.From(pulls, width, width)).Cholesky());
    }

    /// <summary>Its inverse at a strength that was prepared, times a gradient [F + 1, columns].</summary>
    internal double[] Solve(double c, double[] gradient)
    {
        using var scope = new TensorScope();
        using var inference = new Inference();
        var lower = factors[c];
        var right = Tensor.From(gradient, lower.Size(0), gradient.Length / lower.Size(0));
        return lower
            .Transpose(0, 1)
            .SolveTriangular(lower.SolveTriangular(right, upper: false), upper: true)
            .ToArray<double>();
    }

    public void Dispose()
    {
        spread.Dispose();
        foreach (var factor in factors.Values)
            factor.Dispose();
    }
}
