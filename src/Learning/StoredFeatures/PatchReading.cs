using Coverslip.Learning.Inputs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>Features of some patches of a slide: one thread reads while others compute.</summary>
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
        var count = (wanted.Count + batch - 1) / batch;
        var ahead = new BatchPipeline<CellBatch>(
            count,
            _ => batches.MoveNext() ? batches.Current : throw new InvalidOperationException("no more patches"),
            readers: 1
        );
        foreach (var found in views.Beside(batch).Run(ahead.Run(), count, Encoded))
            yield return found;
    }

    private (long[] Keys, float[][] Rows) Encoded(CellBatch batch)
    {
        using var cells = batch;
        long[] keys = [.. cells.Cells.Select(c => patches.Key(c.Column, c.Row))];
        return (keys, views.Encode(cells.Windows.Pixels, keys));
    }

    internal static WindowInput Window(Mpp mpp, int side) =>
        new(mpp, new PixelSize(side, side), new PixelSize(side, side), null);
}
