using Coverslip.Torch;

namespace Coverslip.Learning.Features;

/// <summary>
/// Fits <see cref="LogisticRegression"/> to one set of images at several strengths side by side: every pass over the rows, in
/// single precision, serves all of them, and losses are summed in double precision.
/// </summary>
internal sealed class LogisticFit : IDisposable
{
    private readonly Tensor rows, // [N, F + 1], ones in the last column
        truth, // [N, 1, classes], one-hot times the image's weight
        weight; // [N, 1, 1]
    private readonly double all;
    private readonly int classes,
        columns,
        width;

    private LogisticFit(WeightedFeatures task)
    {
        using var scope = new TensorScope();
        var n = task.Rows.Length;
        (classes, columns, width) = (task.Classes, LogisticRegression.Columns(task.Classes), task.Features + 1);
        all = task.Weights.Sum();
        var hot = new double[n * classes];
        for (var i = 0; i < n; i++)
            hot[i * classes + task.Labels[i]] = task.Weights[i];
        rows = scope.Keep(Rows(task));
        truth = scope.Keep(Tensor.From(hot, n, 1, classes));
        weight = scope.Keep(Tensor.From(task.Weights, n, 1, 1));
    }

    /// <summary>One regression to each strength.</summary>
    /// <param name="task">Images, classes, weights; scaled.</param>
    /// <param name="bound">Of these images, or of more of their kind.</param>
    /// <param name="strengths">C of scikit-learn.</param>
    internal static LogisticRegression[] Fit(
        WeightedFeatures task,
        LogisticBound bound,
        IReadOnlyList<double> strengths
    )
    {
        foreach (var c in strengths)
            bound.Prepare(c);
        using var fit = new LogisticFit(task);
        var descents = strengths
            .Select(c => new LogisticDescent(fit.width * fit.columns, gradient => bound.Solve(c, gradient)))
            .ToArray();
        while (descents.Index().Where(d => !d.Item.Done).ToArray() is { Length: > 0 } going)
            fit.Step([.. going.Select(g => (g.Item, strengths[g.Index]))]);
        return [.. descents.Select(d => new LogisticRegression(d.At, task.Features, task.Classes))];
    }

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[rows, truth, weight])
            tensor.Dispose();
    }

    /// <summary>[N, F + 1] of single precision, ones in the last column.</summary>
    internal static Tensor Rows(WeightedFeatures task)
    {
        var (n, width) = (task.Rows.Length, task.Features + 1);
        var flat = new float[n * width];
        Parallel.For(
            0,
            n,
            i =>
            {
                var row = task.Rows[i];
                for (var f = 0; f < row.Length; f++)
                    flat[i * width + f] = (float)row[f];
                flat[(i + 1) * width - 1] = 1;
            }
        );
        return Tensor.From(flat, n, width);
    }

    /// <summary>Value and gradient of each one, over the weight of all images, where it asks for them.</summary>
    private void Step((LogisticDescent Descent, double C)[] going)
    {
        using var scope = new TensorScope();
        using var inference = new Inference();
        var (n, count) = (rows.Size(0), going.Length);
        var points = new float[width * count * columns]; // [F + 1, going, columns]
        for (var g = 0; g < count; g++)
        for (var f = 0; f < width; f++)
        for (var k = 0; k < columns; k++)
            points[(f * count + g) * columns + k] = (float)going[g].Descent.At[f * columns + k];
        var scores = rows.Matmul(Tensor.From(points, width, count * columns))
            .To(DType.Float64)
            .Reshape(n, count, columns);
        if (columns < classes)
            scores = Tensor.Cat([Tensor.Zeros([n, count, 1], DType.Float64), scores], 2);
        var log = scores.LogSoftmax(2); // [N, going, classes]
        var losses = (log * truth).Sum([0, 2]).ToArray<double>();
        var wrong = log.Exp() * weight - truth;
        if (columns < classes)
            wrong = wrong.Narrow(2, 1, 1);
        var pulled = rows.Transpose(0, 1).Matmul(wrong.Reshape(n, count * columns).To(DType.Float32)).ToArray<float>();
        for (var g = 0; g < count; g++)
        {
            var ((descent, c), sum) = (going[g], 0.0);
            var gradient = new double[width * columns];
            for (var f = 0; f < width; f++)
            for (var k = 0; k < columns; k++)
            {
                var w = f < width - 1 ? descent.At[f * columns + k] : 0; // intercepts are pulled by nothing
                sum += w * w;
                gradient[f * columns + k] = (pulled[(f * count + g) * columns + k] + w / c) / all;
            }
            descent.Take((sum / (2 * c) - losses[g]) / all, gradient);
        }
    }
}
