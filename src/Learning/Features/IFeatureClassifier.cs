using Coverslip.Torch;

namespace Coverslip.Learning.Features;

/// <summary>A fitted classifier of scaled features.</summary>
public interface IFeatureClassifier
{
    /// <summary>[rows][classes], of which the softmax are probabilities.</summary>
    double[][] Scores(double[][] rows);

    /// <summary>Everything that <see cref="Scores"/> needs, under <c>probe.</c>.</summary>
    IEnumerable<(string Path, Tensor Value)> State();
}

/// <summary>Scaled features with labels, and how much each image counts.</summary>
/// <param name="Rows">[images][features].</param>
/// <param name="Labels">Of each image, 0 to <paramref name="Classes"/> − 1.</param>
/// <param name="Classes">Number of classes, also those without an image.</param>
/// <param name="Weights">Of each image; 1 on average.</param>
public sealed record WeightedFeatures(double[][] Rows, int[] Labels, int Classes, double[] Weights)
{
    /// <summary>Numbers of a row.</summary>
    public int Features => Rows[0].Length;

    /// <summary>With all images alike, or each class alike.</summary>
    public static WeightedFeatures Of(double[][] rows, int[] labels, int classes, bool balanced)
    {
        var counts = labels.CountBy(l => l).ToDictionary();
        double Weight(int label) => balanced ? (double)labels.Length / (counts.Count * counts[label]) : 1;
        return new WeightedFeatures(rows, labels, classes, [.. labels.Select(Weight)]);
    }
}
