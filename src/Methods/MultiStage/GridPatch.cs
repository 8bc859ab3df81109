using Coverslip.Learning.Inputs;

namespace Coverslip.Methods.MultiStage;

/// <summary>A patch of a slide by its place on the grid on which patches were cut out side by side.</summary>
/// <param name="Column">Patches to its left on the grid.</param>
/// <param name="Row">Patches above it.</param>
/// <param name="Label">0 normal, 1 tumor, or <see cref="NoLabel"/>.</param>
internal readonly record struct GridPatch(int Column, int Row, int Label)
{
    /// <summary>Neither clearly tumor nor clearly normal: predicted, but neither trained on nor judged.</summary>
    public const int NoLabel = -1;

    /// <summary>The label of the positive class.</summary>
    public const int Tumor = 1;
}

/// <summary>
/// The patches of one slide. Pixels are read when asked for, so that a slide of any number of patches fits in memory.
/// </summary>
internal interface ISlidePatches
{
    /// <summary>What errors and files call the slide.</summary>
    string Name { get; }

    /// <summary>All patches of tissue, in the order of their numbers.</summary>
    IReadOnlyList<GridPatch> Patches { get; }

    /// <summary>
    /// The pixels of mini-batches of patches, given by number, one after the other. End-to-end learning asks twice for
    /// the same and must get the same, random crops and colors included. An enumeration may read ahead on a thread of
    /// its own; it makes no tensors.
    /// </summary>
    IEnumerable<WindowBatch> Read(IReadOnlyList<int[]> miniBatches);
}
