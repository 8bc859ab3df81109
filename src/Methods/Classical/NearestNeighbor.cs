using Coverslip.Learning.Features;
using Coverslip.Torch;

namespace Coverslip.Methods.Classical;

/// <summary>The nearest neighbor has nothing to choose.</summary>
internal sealed record NearestNeighborSettings : IClassifierSettings
{
    public IClassicalClassifier Train(LabeledFeatures data, long seed) => new NearestNeighbor(data);

    public string Text => "";
}

/// <summary>
/// The class of the nearest training image by Euclidean distance (Cover &amp; Hart 1967). Probabilities are
/// proportional to 1 / d_c, the distance to the nearest image of class c: the most probable class is that of the
/// nearest neighbor.
/// </summary>
internal sealed class NearestNeighbor(LabeledFeatures known) : IClassicalClassifier
{
    public IReadOnlyList<double[]> Probabilities(IReadOnlyList<double[]> rows) => [.. rows.Select(Of)];

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [
            (
                "nearest.features",
                Tensor.From([.. known.Rows.SelectMany(r => r)], known.Rows.Count, known.Rows[0].Length)
            ),
            ("nearest.labels", Tensor.From<long>([.. known.Labels.Select(l => (long)l)])),
        ];

    internal static NearestNeighbor From(IReadOnlyDictionary<string, Tensor> state, int classes)
    {
        var features = state["nearest.features"];
        var rows = features.ToArray<double>().Chunk((int)features.Size(1)).ToArray();
        var labels = state["nearest.labels"].ToArray<long>();
        return new NearestNeighbor(new LabeledFeatures(rows, [.. labels.Select(l => (int)l)], classes));
    }

    public void Dispose() { }

    private double[] Of(double[] row)
    {
        var nearest = new double[known.Classes];
        Array.Fill(nearest, double.PositiveInfinity);
        for (var i = 0; i < known.Rows.Count; i++)
        {
            var squares = 0.0;
            for (var f = 0; f < row.Length; f++)
                squares += (row[f] - known.Rows[i][f]) * (row[f] - known.Rows[i][f]);
            nearest[known.Labels[i]] = Math.Min(nearest[known.Labels[i]], Math.Sqrt(squares));
        }
        // The same image stands among the known: its classes share all.
        var same = nearest.Count(d => d == 0);
        if (same > 0)
            return [.. nearest.Select(d => d == 0 ? 1.0 / same : 0)];
        var sum = nearest.Sum(d => 1 / d);
        return [.. nearest.Select(d => 1 / d / sum)];
    }
}
