using Coverslip.Learning.Inputs;
using Coverslip.Learning.Tests;
using Coverslip.Methods.MultiStage;

namespace Coverslip.Methods.Tests.MultiStage;

/// <summary>A slide whose patches are drawn by a formula when they are read; tumor is darker in red.</summary>
internal sealed class MemoryPatches(IReadOnlyList<GridPatch> patches, int side, string name = "slide") : ISlidePatches
{
    public string Name => name;

    public IReadOnlyList<GridPatch> Patches => patches;

    /// <summary>Mini-batches that were read.</summary>
    internal int Reads { get; private set; }

    /// <summary>Whether every enumeration draws other pixels.</summary>
    internal bool Drifts { get; init; }

    private int enumerations;

    public IEnumerable<WindowBatch> Read(IReadOnlyList<int[]> miniBatches)
    {
        var drawing = Drifts ? enumerations++ : 0;
        foreach (var batch in miniBatches)
        {
            Reads++;
            yield return new WindowBatch([.. batch.SelectMany(number => Pixels(number, drawing))], batch.Length);
        }
    }

    /// <summary>All places of a rectangle; the label of (column, row) by a function.</summary>
    internal static MemoryPatches Rectangle(int columns, int rows, int side, Func<int, int, int> label) =>
        new(
            [
                .. Enumerable
                    .Range(0, columns * rows)
                    .Select(i => new GridPatch(i % columns, i / columns, label(i % columns, i / columns))),
            ],
            side
        );

    private IEnumerable<byte> Pixels(int number, int drawing)
    {
        var drawn = GoldenBackbone.Draw($"{name} {number} {drawing}", side * side * 3);
        var tumor = patches[number].Label == GridPatch.Tumor;
        for (var pixel = 0; pixel < side * side; pixel++)
        {
            for (var c = 0; c < 3; c++)
                yield return (byte)(128 + 60 * drawn[pixel * 3 + c] - (tumor && c == 0 ? 50 : 0));
            yield return byte.MaxValue;
        }
    }
}
