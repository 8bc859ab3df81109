using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;

namespace Coverslip.Learning.SlideWalk;

/// <summary>What came of a slide.</summary>
/// <param name="Name">Its file name without extension.</param>
/// <param name="Score">The heatmap's maximum; 0 without tissue.</param>
/// <param name="Detections">How many there are.</param>
/// <param name="TissueCells">Cells that were looked at, now or before.</param>
/// <param name="Prediction">The work of this call; null where the heatmap was finished before.</param>
/// <param name="Empty">Why there is nothing; null where there is something.</param>
public sealed record SlideOutcome(
    string Name,
    double Score,
    int Detections,
    int TissueCells,
    SlidePrediction? Prediction,
    string? Empty
);

/// <summary>
/// Predicts slides into a folder. A finished heatmap is not computed again, but its detections are found anew, since
/// that takes no time and their options may have changed; an unfinished one is taken up where it was saved.
/// </summary>
public sealed class SlideRun
{
    private readonly SlideModel model;
    private readonly SlidePredictionOptions prediction;
    private readonly DetectionOptions detection;
    private readonly SlidePredictor predictor;
    private readonly Func<Slide, SlideTissue> tissueOf;
    private bool measured;

    /// <param name="model">What looks at windows.</param>
    /// <param name="prediction">How it is slid over slides.</param>
    /// <param name="detection">How detections are made.</param>
    /// <param name="tissueOf">What counts as tissue; by default what <c>coverslip tissue</c> finds by default.</param>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public SlideRun(
        SlideModel model,
        SlidePredictionOptions prediction,
        DetectionOptions detection,
        Func<Slide, SlideTissue>? tissueOf = null
    )
    {
        var side = Math.Min(model.Window.Side.Width, model.Window.Side.Height);
        if (prediction.Stride < HeatmapGrid.LeastStride || prediction.Stride > side)
            throw new ArgumentException(
                $"the stride is {prediction.Stride} pixels; it goes from {HeatmapGrid.LeastStride} to {side}, the side of "
                    + "the model's window: beyond it there would be tissue that no window shows"
            );
        detection.Check();
        (this.model, this.prediction, this.detection) = (model, prediction, detection);
        this.tissueOf = tissueOf ?? (slide => SlideTissue.Of(slide, new TissueOptions()));
        predictor = new SlidePredictor(model, prediction);
    }

    /// <summary>
    /// What reading and the network could do alone, measured on the first slide that had work to do; null before.
    /// </summary>
    public WindowRates? Rates { get; private set; }

    /// <summary>Predicts one slide, or what is left of it.</summary>
    /// <param name="slide">An open slide.</param>
    /// <param name="files">Where to.</param>
    /// <param name="progress">Told how many windows of how many are done.</param>
    /// <param name="stop">Stops between batches; calling again goes on.</param>
    /// <exception cref="UnreadableSlideException">A tile, or the resolution.</exception>
    /// <exception cref="InvalidDataException">The folder holds a heatmap of this name of something else.</exception>
    public SlideOutcome Predict(
        Slide slide,
        SlideFiles files,
        Action<int, int>? progress = null,
        CancellationToken stop = default
    )
    {
        var (_, grid) = predictor.Lay(slide);
        var tissue = tissueOf(slide);
        var key = HeatmapRecord.Key(slide, model, grid, tissue.Rule);
        var finished = SlideRecord.Finished(files.Record, key) is not null;
        SlidePrediction? made = null;
        if (!finished)
            made = Make(slide, tissue, files, key, new Told(progress, stop));
        var heatmap = made?.Heatmap ?? Heatmap.Read(files.Heatmap, grid);
        var detections = DetectionFinder.Find(heatmap, detection);
        DetectionFiles.WriteCsv(files.Detections, detections);
        DetectionFiles.WriteGeoJson(files.GeoJson, detections, model.Positive);
        return new SlideOutcome(
            files.Name,
            heatmap.Score,
            detections.Count,
            heatmap.TissueCells,
            made,
            heatmap.TissueCells == 0 ? $"no tissue: {tissue.Reason ?? "none in the outlines"} ({tissue.Rule})" : null
        );
    }

    private SlidePrediction Make(Slide slide, SlideTissue tissue, SlideFiles files, string key, Told told)
    {
        _ = tissue.Reason; // looked for now, so that no rate below counts the time it takes
        if (!measured && prediction.Measure)
        {
            Rates = WindowRates.Measure(slide, tissue, model, prediction);
            measured = Rates is not null;
        }
        var state = new HeatmapState(files.State, key);
        var made = predictor.Predict(slide, tissue, state, told.Progress, told.Stop);
        Keep(slide, tissue, files, key, made);
        state.Remove();
        return made;
    }

    /// <summary>
    /// Takes the mean of finished heatmaps of the same slide, stride and resolution for the model's own, as that of an
    /// ensemble is; does nothing where the slide is finished, or one of them is not.
    /// </summary>
    /// <exception cref="InvalidDataException">A heatmap of another size.</exception>
    internal void Average(Slide slide, SlideFiles files, IReadOnlyList<SlideFiles> members)
    {
        if (
            members.Count == 0
            || SlideRecord.Read(files.Record) is not null
            || members.Any(m => SlideRecord.Read(m.Record) is null)
        )
            return;
        var (_, grid) = predictor.Lay(slide);
        var tissue = tissueOf(slide);
        var sums = new double[grid.Cells];
        foreach (var member in members)
        {
            var values = Heatmap.Read(member.Heatmap, grid).Values;
            for (var i = 0; i < sums.Length; i++)
                sums[i] += values[i];
        }
        var mean = new Heatmap(grid, [.. sums.Select(sum => (float)(sum / members.Count))]);
        var key = HeatmapRecord.Key(slide, model, grid, tissue.Rule);
        Keep(slide, tissue, files, key, new SlidePrediction(mean, 0, 0, 0, 0));
    }

    private void Keep(Slide slide, SlideTissue tissue, SlideFiles files, string key, SlidePrediction made)
    {
        made.Heatmap.Write(files.Heatmap);
        HeatmapPictures.WritePyramid(files.Pyramid, made.Heatmap);
        HeatmapPictures.WriteOverlay(files.Overlay, slide, made.Heatmap);
        HeatmapRecord.Write(files.Record, key, model, made, tissue.Rule);
    }

    private sealed record Told(Action<int, int>? Progress, CancellationToken Stop);
}
