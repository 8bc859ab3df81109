using System.Diagnostics;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.SlideWalk;

/// <summary>How a slide is predicted.</summary>
public sealed record SlidePredictionOptions
{
    /// <summary>Pixels, as the model sees them, from one window to the next, 16 to a window's side; by default 128.</summary>
    public int Stride { get; init; } = 128;

    /// <summary>Windows at a time; by default 16.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>How often the heatmap in the making is saved; by default every 30 seconds.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>A predicted slide.</summary>
/// <param name="Heatmap">Its probabilities.</param>
/// <param name="Predicted">Windows predicted now; fewer than cells where earlier work was taken up.</param>
/// <param name="Seconds">What they took.</param>
/// <param name="StainsKept">Windows whose stain could not be measured and that were used as they are.</param>
/// <param name="PixelsRead">Pixels that were read for them, at the model's resolution.</param>
public sealed record SlidePrediction(Heatmap Heatmap, int Predicted, double Seconds, int StainsKept, long PixelsRead)
{
    /// <summary>Seconds of them in which windows were read: decoded, cut, brought to stain and size.</summary>
    public double Reading { get; init; }

    /// <summary>Seconds of them in which the network computed; at the same time as the reading of further windows.</summary>
    public double Network { get; init; }

    /// <summary>What a smaller network said first; null (default) where there was none.</summary>
    public FirstAnswers? First { get; init; }
}

/// <summary>
/// Slides a model over a slide's tissue (Liu et al. 2017, sec. 3: windows of 299 pixels at a stride of 128, each judged
/// by its middle). One thread reads windows while the calling one computes; memory does not grow with the slide but for
/// four bytes a cell.
/// </summary>
internal sealed class SlidePredictor(SlideModel model, SlidePredictionOptions options)
{
    /// <summary>The slide as the model sees it, and where its cells lie.</summary>
    /// <exception cref="UnreadableSlideException">Its resolution is not known, or coarser than the model's.</exception>
    public (SlideView View, HeatmapGrid Grid) Lay(Slide slide)
    {
        var wanted = model.Window.Mpp;
        var finest = slide.FinestMpp;
        if (finest.X > wanted.X * 1.01 || finest.Y > wanted.Y * 1.01)
            throw new UnreadableSlideException(
                slide.Path,
                $"its finest level has {finest}, the run was trained at {wanted}; take a slide scanned at a higher "
                    + $"magnification, or a run that was trained at {finest} or coarser"
            );
        var view = slide.View(wanted);
        return (view, HeatmapGrid.Over(view, options.Stride, finest));
    }

    /// <summary>Predicts what the state says is left.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="tissue">Where windows are worth it; not asked where earlier work is taken up.</param>
    /// <param name="state">Where the work is saved, and taken up again.</param>
    /// <param name="progress">Told how many windows of how many are done.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="OperationCanceledException">Stopped; what was done is saved.</exception>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read; what was done is saved.</exception>
    public SlidePrediction Predict(
        Slide slide,
        SlideTissue tissue,
        HeatmapState state,
        Action<int, int>? progress = null,
        CancellationToken stop = default
    )
    {
        return Predict(slide, grid => Heatmap.Begin(grid, tissue), state, progress, stop);
    }

    /// <inheritdoc cref="Predict(Slide, SlideTissue, HeatmapState, Action{int, int}?, CancellationToken)"/>
    /// <param name="slide">The slide.</param>
    /// <param name="begin">The heatmap where nothing is done yet: its pending cells are predicted, the others stay as they are.</param>
    /// <param name="state">Where the work is saved, and taken up again.</param>
    /// <param name="progress">Told how many windows of how many are done.</param>
    /// <param name="stop">Stops between batches.</param>
    public SlidePrediction Predict(
        Slide slide,
        Func<HeatmapGrid, Heatmap> begin,
        HeatmapState state,
        Action<int, int>? progress,
        CancellationToken stop
    )
    {
        var clock = Stopwatch.StartNew();
        var (view, grid) = Lay(slide);
        var heatmap = state.Load(grid) ?? begin(grid);
        var (total, pending) = (heatmap.TissueCells, heatmap.PendingCells);
        var strips = new WindowStrips(view, grid, model.Window.Side);
        var batches = new WindowBatches(model.Window, options.Batch, ContextWindows.Of(slide, grid, model.Window));
        using var windows = batches.Of(strips.Read((c, r) => heatmap[c, r] == Heatmap.Pending)).GetEnumerator();
        var (reading, network) = (new Stopwatch(), new Stopwatch());
        // Strips are read from top to bottom: one reader.
        var ahead = new BatchPipeline<CellBatch>(
            (pending + options.Batch - 1) / options.Batch,
            _ => Next(),
            readers: 1
        );
        var saved = clock.Elapsed;
        var done = 0;
        try
        {
            foreach (var batch in ahead.Run())
            {
                stop.ThrowIfCancellationRequested();
                using (batch)
                {
                    network.Start();
                    var scores = model.Score(batch.Windows);
                    network.Stop();
                    foreach (var ((column, row), score) in batch.Cells.Zip(scores))
                        heatmap[column, row] = (float)score;
                }
                done += batch.Cells.Count;
                progress?.Invoke(total - pending + done, total);
                if (clock.Elapsed - saved < options.SaveEvery)
                    continue;
                state.Save(heatmap);
                saved = clock.Elapsed;
            }
        }
        catch when (done > 0)
        {
            state.Save(heatmap);
            throw;
        }
        return new SlidePrediction(heatmap, done, clock.Elapsed.TotalSeconds, batches.StainsKept, strips.PixelsRead)
        {
            Reading = reading.Elapsed.TotalSeconds,
            Network = network.Elapsed.TotalSeconds,
        };

        CellBatch Next()
        {
            reading.Start();
            var more = windows.MoveNext();
            reading.Stop();
            return more ? windows.Current : throw new InvalidOperationException("no more windows");
        }
    }
}
