using Coverslip.Learning.Features;
using Coverslip.Torch;

namespace Coverslip.Methods.Probe;

/// <summary>
/// The classes of the k nearest training images by cosine; each votes with its weight, and every class has one vote from the
/// start (Laplace), so that no probability is 0.
/// </summary>
internal sealed class NearestNeighbors(double[][] directions, int[] labels, double[] weights, int classes, int k)
    : IFeatureClassifier
{
    internal static NearestNeighbors Fit(WeightedFeatures task, int k) =>
        new([.. task.Rows.Select(Direction)], task.Labels, task.Weights, task.Classes, k);

    public double[][] Scores(double[][] rows)
    {
        var scores = new double[rows.Length][];
        Parallel.For(0, rows.Length, i => scores[i] = Of(Direction(rows[i])));
        return scores;
    }

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [
            (
                "probe.directions",
                Tensor.From([.. directions.SelectMany(r => r)], directions.Length, directions[0].Length)
            ),
            ("probe.labels", Tensor.From<long>([.. labels.Select(l => (long)l)])),
            ("probe.weights", Tensor.From(weights)),
            ("probe.k", Tensor.From<long>([k])),
        ];

    internal static NearestNeighbors From(IReadOnlyDictionary<string, Tensor> state, int classes)
    {
        var stored = state["probe.directions"];
        return new NearestNeighbors(
            [.. stored.ToArray<double>().Chunk((int)stored.Size(1))],
            [.. state["probe.labels"].ToArray<long>().Select(l => (int)l)],
            state["probe.weights"].ToArray<double>(),
            classes,
            (int)state["probe.k"].ToArray<long>()[0]
        );
    }

    /// <summary>The row with length 1; as it is where it has none.</summary>
    internal static double[] Direction(double[] row)
    {
        var length = Math.Sqrt(row.Sum(v => v * v));
        return length > 0 ? [.. row.Select(v => v / length)] : row;
    }

    internal static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private double[] Of(double[] direction)
    {
        var votes = new double[classes];
        Array.Fill(votes, 1.0 / classes);
        foreach (
            var near in Enumerable
                .Range(0, directions.Length)
                .Select(i => (Index: i, Cosine: Dot(directions[i], direction)))
                .OrderByDescending(n => n.Cosine)
                .ThenBy(n => n.Index)
                .Take(k)
        )
            votes[labels[near.Index]] += weights[near.Index];
        return [.. votes.Select(v => Math.Log(v))];
    }
}
