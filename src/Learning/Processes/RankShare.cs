namespace Coverslip.Learning.Processes;

/// <summary>The part of a mini-batch that a rank computes.</summary>
/// <param name="First">Where it begins in the whole.</param>
/// <param name="Count">How many examples it reads, at least one.</param>
/// <param name="Whole">Examples of the mini-batch, of all ranks together.</param>
public readonly record struct RankShare(int First, int Count, int Whole)
{
    /// <summary>A mini-batch that one process computes.</summary>
    public RankShare(int whole)
        : this(0, whole, whole) { }

    /// <summary>
    /// Whether its examples count. Where a last mini-batch has fewer examples than there are ranks, a rank without one reads
    /// the first and weighs it nothing, so that it takes part in every sum.
    /// </summary>
    public bool Counts { get; init; } = true;

    /// <summary>The weight of its mean in the whole's: together the ranks' are 1.</summary>
    public double Weight => Counts ? (double)Count / Whole : 0;
}
