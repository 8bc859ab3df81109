using Coverslip.Torch;

namespace Coverslip.Methods.Bags;

/// <summary>What reads a bag, once it has learned.</summary>
internal interface IBagReader : IDisposable
{
    /// <summary>Numbers that were learned.</summary>
    long Parameters { get; }

    /// <summary>What it says of a bag.</summary>
    BagReading Read(BagInstances bag);

    /// <summary>Everything that <see cref="Read"/> needs.</summary>
    IEnumerable<(string Path, Tensor Value)> State();
}

/// <summary>What a reader says of a bag.</summary>
/// <param name="Scores">[classes], of which the softmax are probabilities.</param>
/// <param name="Instances">[classes][N] in [0, 1]: how much each instance speaks for a class.</param>
internal sealed record BagReading(double[] Scores, float[][] Instances)
{
    /// <summary>
    /// Whether <see cref="Instances"/> are probabilities of their own; else they are attention over its maximum, which says
    /// where a network looked, and not what it saw there.
    /// </summary>
    internal bool Own { get; init; }
}
