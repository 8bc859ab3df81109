using System.Diagnostics;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.SlideWalk;

/// <summary>What either half of a prediction could do alone, in windows per second.</summary>
/// <param name="Reading">Decoding, cutting, stain and size, without a network.</param>
/// <param name="Network">The network on one batch again and again, without reading.</param>
internal sealed record WindowRates(double Reading, double Network)
{
    private const int MostWindows = 1024; // to either rate
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Measures on the first windows of a slide's tissue, up to two seconds each; null where there are none.
    /// </summary>
    public static WindowRates? Measure(
        Slide slide,
        SlideTissue tissue,
        SlideModel model,
        SlidePredictionOptions options
    )
    {
        var (view, grid) = new SlidePredictor(model, options).Lay(slide);
        var windows = new WindowStrips(view, grid, model.Window.Side).Read((c, r) => tissue.Any(grid.Cell(c, r)));
        var context = ContextWindows.Of(slide, grid, model.Window);
        CellBatch? kept = null;
        try
        {
            var (clock, read) = (Stopwatch.StartNew(), 0);
            foreach (var batch in new WindowBatches(model.Window, options.Batch, context).Of(windows))
            {
                read += batch.Cells.Count;
                if (kept is null)
                    kept = batch;
                else
                    batch.Dispose();
                if (read >= MostWindows || clock.Elapsed > Long)
                    break;
            }
            if (kept is null)
                return null;
            var reading = read / clock.Elapsed.TotalSeconds;
            model.Score(kept.Windows); // the first call sets libraries up
            clock.Restart();
            var scored = 0;
            do
            {
                model.Score(kept.Windows);
                scored += kept.Cells.Count;
            } while (scored < MostWindows && clock.Elapsed < Long);
            return new WindowRates(reading, scored / clock.Elapsed.TotalSeconds);
        }
        finally
        {
            kept?.Dispose();
        }
    }
}
