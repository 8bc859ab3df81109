using Coverslip.Torch;

namespace Coverslip.Learning.Features;

/// <summary>
/// Mean and deviation of each feature over training images, by which every image's features are brought to mean 0 and
/// deviation 1. A feature that is the same in all training images is 0 in every image.
/// </summary>
public sealed class FeatureScaling
{
    private readonly double[] mean,
        deviation;

    private FeatureScaling(double[] mean, double[] deviation) => (this.mean, this.deviation) = (mean, deviation);

    /// <summary>Of the rows [images][features] of training images; deviations divide by their number.</summary>
    public static FeatureScaling Fit(IReadOnlyList<double[]> rows)
    {
        // Row by row, as they lie in memory.
        var mean = new double[rows[0].Length];
        var deviation = new double[mean.Length];
        foreach (var row in rows)
            for (var f = 0; f < mean.Length; f++)
                mean[f] += row[f];
        for (var f = 0; f < mean.Length; f++)
            mean[f] /= rows.Count;
        foreach (var row in rows)
            for (var f = 0; f < mean.Length; f++)
                deviation[f] += (row[f] - mean[f]) * (row[f] - mean[f]);
        for (var f = 0; f < mean.Length; f++)
            deviation[f] = Math.Sqrt(deviation[f] / rows.Count);
        return new FeatureScaling(mean, deviation);
    }

    public double[] Apply(double[] row)
    {
        if (row.Length != mean.Length)
            throw new ArgumentException($"{row.Length} features; the scaling was fitted to {mean.Length}");
        var scaled = new double[row.Length];
        for (var f = 0; f < row.Length; f++)
            // Less than this is rounding of a feature that does not vary.
            scaled[f] = deviation[f] > 1e-12 * (1 + Math.Abs(mean[f])) ? (row[f] - mean[f]) / deviation[f] : 0;
        return scaled;
    }

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [("scaling.mean", Tensor.From(mean)), ("scaling.deviation", Tensor.From(deviation))];

    public static FeatureScaling From(IReadOnlyDictionary<string, Tensor> state) =>
        new(state["scaling.mean"].ToArray<double>(), state["scaling.deviation"].ToArray<double>());
}
