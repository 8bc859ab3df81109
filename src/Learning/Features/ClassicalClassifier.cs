using Coverslip.Torch;

namespace Coverslip.Learning.Features;

/// <summary>A trained classifier of scaled features.</summary>
public interface IClassicalClassifier : IDisposable
{
    /// <summary>Probabilities [images][classes] of rows [images][features]; each sums to 1.</summary>
    IReadOnlyList<double[]> Probabilities(IReadOnlyList<double[]> rows);

    /// <summary>What has to be stored, by path.</summary>
    IEnumerable<(string Path, Tensor Value)> State();
}

/// <summary>One choice of a classifier's hyper-parameters.</summary>
public interface IClassifierSettings
{
    /// <exception cref="InvalidOperationException">The data are not enough for it; the message says of
    /// what.</exception>
    IClassicalClassifier Train(LabeledFeatures data, long seed);

    /// <summary>Names and values, such as <c>c=10 gamma=1</c>; no commas.</summary>
    string Text { get; }
}
