using Coverslip.Torch;

namespace Coverslip.Methods.Probe;

/// <summary>A fitted classifier of scaled features.</summary>
internal interface IProbe
{
    /// <summary>[rows][classes], of which the softmax are probabilities.</summary>
    double[][] Scores(double[][] rows);

    /// <summary>Everything that <see cref="Scores"/> needs, under <c>probe.</c>.</summary>
    IEnumerable<(string Path, Tensor Value)> State();
}

/// <summary>What a probe learns from.</summary>
/// <param name="Rows">[images][features], scaled.</param>
/// <param name="Labels">Of each image, 0 to <paramref name="Classes"/> − 1.</param>
/// <param name="Classes">Number of classes, also those without an image.</param>
/// <param name="Weights">Of each image; 1 on average.</param>
internal sealed record ProbeTask(double[][] Rows, int[] Labels, int Classes, double[] Weights)
{
    internal int Features => Rows[0].Length;

    /// <summary>With all images alike, or each class alike.</summary>
    internal static ProbeTask Of(double[][] rows, int[] labels, int classes, bool balanced)
    {
        var counts = labels.CountBy(l => l).ToDictionary();
        double Weight(int label) => balanced ? (double)labels.Length / (counts.Count * counts[label]) : 1;
        return new ProbeTask(rows, labels, classes, [.. labels.Select(Weight)]);
    }
}
