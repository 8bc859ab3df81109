using Coverslip.Torch;

namespace Coverslip.Learning.Features;

/// <summary>
/// Multinomial logistic regression with L2, which minimizes ½‖W‖² + C Σ sᵢ · (−log p(yᵢ | xᵢ)), intercepts free, as
/// scikit-learn's LogisticRegression; <see cref="LogisticFit"/> fits it. Of two classes the first one's score is 0.
/// </summary>
public sealed class LogisticRegression : IFeatureClassifier
{
    private readonly double[] weights; // [(features + 1) · columns], intercepts in the last row
    private readonly int features,
        classes;

    internal LogisticRegression(double[] weights, int features, int classes) =>
        (this.weights, this.features, this.classes) = (weights, features, classes);

    /// <summary>Columns of weights.</summary>
    internal static int Columns(int classes) => classes == 2 ? 1 : classes;

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

    /// <summary>Takes over what <see cref="State"/> gave.</summary>
    public static LogisticRegression From(IReadOnlyDictionary<string, Tensor> state, int classes)
    {
        var stored = state["probe.weights"];
        return new LogisticRegression(stored.ToArray<double>(), (int)stored.Size(0) - 1, classes);
    }
}
