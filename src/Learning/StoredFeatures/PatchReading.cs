using Coverslip.Learning.Inputs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>Features of some patches of a slide: one thread reads while the calling one computes.</summary>
/// <param name="patches">Of an open slide.</param>
/// <param name="views">Computes them.</param>
/// <param name="window">How a patch is read.</param>
/// <param name="batch">Patches at a time.</param>
internal sealed class PatchReading(TissuePatches patches, ViewEncoder views, WindowInput window, int batch)
{
    private readonly WindowStrips strips = new(patches.View, patches.Grid, window.Side);

    /// <summary>Of each batch the keys, and of each patch the features of all views.</summary>
    /// <exception cref="Coverslip.Slides.Formats.UnreadableSlideException">A tile that cannot be read.</exception>
    internal IEnumerable<(long[] Keys, float[][] Rows)> Of(IReadOnlySet<long> wanted)
    {
        var reading = strips.Read((column, row) => wanted.Contains(patches.Key(column, row)));
        using var batches = new WindowBatches(window, batch).Of(reading).GetEnumerator();
        // Strips are read from top to bottom: one reader.
        var ahead = new BatchPipeline<CellBatch>(
            (wanted.Count + batch - 1) / batch,
            _ => batches.MoveNext() ? batches.Current : throw new InvalidOperationException("no more patches"),
            readers: 1
        );
        foreach (var cells in ahead.Run())
            using (cells)
            {
                long[] keys = [.. cells.Cells.Select(c => patches.Key(c.Column, c.Row))];
                yield return (keys, views.Encode(cells.Windows.Pixels, keys));
            }
    }

    internal static WindowInput Window(Mpp mpp, int side) =>
        new(mpp, new PixelSize(side, side), new PixelSize(side, side), null);
}
