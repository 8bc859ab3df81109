using Coverslip.Torch;

namespace Coverslip.Learning.Features;

/// <summary>A forest's size.</summary>
/// <param name="Trees">Trees.</param>
/// <param name="Depth">Most levels of a tree.</param>
/// <param name="Least">A node of fewer training images is not split.</param>
public sealed record RandomForestSettings(int Trees, int Depth, int Least) : IClassifierSettings
{
    public IClassicalClassifier Train(LabeledFeatures data, long seed) =>
        new RandomForest(Learner.Forest(data, this, seed), data.Classes);

    public string Text => $"trees={Trees} depth={Depth} least={Least}";
}

/// <summary>
/// A random forest (Breiman 2001; OpenCV's <c>RTrees</c>), the square root of all features tried at each split.
/// Probabilities are shares of the trees that name a class.
/// </summary>
public sealed class RandomForest(Learner forest, int classes) : IClassicalClassifier
{
    public IReadOnlyList<double[]> Probabilities(IReadOnlyList<double[]> rows)
    {
        if (rows.Count == 0)
            return [];
        return
        [
            .. forest
                .Votes(rows, classes)
                .Chunk(classes)
                .Select(votes => votes.Select(v => (double)v / votes.Sum()).ToArray()),
        ];
    }

    public IEnumerable<(string Path, Tensor Value)> State() => [("forest", Tensor.From(forest.Save()))];

    public static RandomForest From(IReadOnlyDictionary<string, Tensor> state, int classes) =>
        new(Learner.Load(state["forest"].ToArray<byte>(), LearnerKind.Forest), classes);

    public void Dispose() => forest.Dispose();
}
