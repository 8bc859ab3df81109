namespace Coverslip.Learning.Features;

/// <summary>What a classical classifier learns from: scaled features and labels.</summary>
/// <param name="Rows">[images][features].</param>
/// <param name="Labels">Of each image, 0 to <paramref name="Classes"/> − 1.</param>
/// <param name="Classes">Number of classes, also those without an image.</param>
public sealed record LabeledFeatures(IReadOnlyList<double[]> Rows, IReadOnlyList<int> Labels, int Classes)
{
    /// <summary>The rows of a class.</summary>
    public IReadOnlyList<double[]> Of(int label) => [.. Rows.Where((_, i) => Labels[i] == label)];

    /// <summary>The classes that have an image.</summary>
    public IReadOnlyList<int> Present => [.. Labels.Distinct().Order()];
}
