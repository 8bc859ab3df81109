using Coverslip.Learning.Features;
using Coverslip.Torch;

namespace Coverslip.Methods.Probe;

/// <summary>
/// The class whose mean direction of training images is nearest by cosine (Snell et al. 2017 with cosines). Scores are ten
/// times the cosine; a temperature makes probabilities of them. A class without an image is never named.
/// </summary>
internal sealed class ClassPrototypes(double[][] means) : IFeatureClassifier
{
    private const double Sharpness = 10;
    private const double Never = -1e3;

    internal static ClassPrototypes Fit(WeightedFeatures task)
    {
        var sums = new double[task.Classes][];
        for (var c = 0; c < task.Classes; c++)
            sums[c] = new double[task.Features];
        foreach (var (row, label) in task.Rows.Zip(task.Labels))
        {
            var direction = NearestNeighbors.Direction(row);
            for (var f = 0; f < direction.Length; f++)
                sums[label][f] += direction[f];
        }
        return new ClassPrototypes([.. sums.Select(NearestNeighbors.Direction)]);
    }

    public double[][] Scores(double[][] rows) =>
        [
            .. rows.Select(NearestNeighbors.Direction)
                .Select(direction =>
                    means
                        .Select(mean =>
                            Array.TrueForAll(mean, v => v == 0)
                                ? Never
                                : Sharpness * NearestNeighbors.Dot(mean, direction)
                        )
                        .ToArray()
                ),
        ];

    public IEnumerable<(string Path, Tensor Value)> State() =>
        [("probe.means", Tensor.From([.. means.SelectMany(m => m)], means.Length, means[0].Length))];

    internal static ClassPrototypes From(IReadOnlyDictionary<string, Tensor> state)
    {
        var stored = state["probe.means"];
        return new ClassPrototypes([.. stored.ToArray<double>().Chunk((int)stored.Size(1))]);
    }
}
