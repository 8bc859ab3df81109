using Coverslip.Learning.Inputs;
using Coverslip.Methods.MultiStage;

namespace Coverslip.Bench.MultiStage;

/// <summary>
/// A square slide of any number of patches, each a crop of its own out of a few random pictures: pixels are made when
/// they are read, and never held.
/// </summary>
internal sealed class SyntheticPatches : ISlidePatches
{
    private const int Pictures = 8;
    private readonly int side,
        picture;
    private readonly byte[][] pictures;

    /// <param name="count">Patches.</param>
    /// <param name="side">Pixels to a side of the crop; the picture is 8/7 of it, as 256 is of 224.</param>
    internal SyntheticPatches(int count, int side)
    {
        (this.side, picture) = (side, side * 8 / 7);
        var random = new Random(1);
        pictures =
        [
            .. Enumerable
                .Range(0, Pictures)
                .Select(_ =>
                {
                    var pixels = new byte[picture * picture * 4];
                    random.NextBytes(pixels);
                    return pixels;
                }),
        ];
        var columns = (int)Math.Ceiling(Math.Sqrt(count));
        Patches =
        [
            .. Enumerable.Range(0, count).Select(i => new GridPatch(i % columns, i / columns, i * 7 % 5 == 0 ? 1 : 0)),
        ];
    }

    public string Name => "synthetic";

    public IReadOnlyList<GridPatch> Patches { get; }

    public IEnumerable<WindowBatch> Read(IReadOnlyList<int[]> miniBatches)
    {
        var pixels = new byte[miniBatches.Max(b => b.Length) * side * side * 4];
        foreach (var batch in miniBatches)
        {
            for (var i = 0; i < batch.Length; i++)
                Crop(batch[i], pixels.AsSpan(i * side * side * 4, side * side * 4));
            yield return new WindowBatch(pixels, batch.Length);
        }
    }

    private void Crop(int number, Span<byte> target)
    {
        var from = pictures[number % Pictures];
        var (left, top) = (number * 13 % (picture - side + 1), number * 29 % (picture - side + 1));
        for (var y = 0; y < side; y++)
            from.AsSpan(((top + y) * picture + left) * 4, side * 4).CopyTo(target[(y * side * 4)..]);
    }
}
