using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>How a slide is segmented.</summary>
/// <param name="Mpp">Microns per pixel of what the networks were trained on.</param>
/// <param name="Stride">Pixels from one window to the next; null: half a window.</param>
/// <param name="Batch">Windows at a time.</param>
/// <param name="Reconstruct">Whether reconstructions are wanted; such a call does not resume.</param>
internal sealed record SlideSegmentationOptions(double Mpp, int? Stride, int Batch, bool Reconstruct)
{
    /// <summary>How often what is done is saved; every 30 seconds by default.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most cells of the map: where a slide has more pixels, a cell is the mean of 2 × 2, 4 × 4, … of them. 32 million by
    /// default, 128 MiB.
    /// </summary>
    public long MostCells { get; init; } = 32 << 20;
}

/// <summary>A segmented slide.</summary>
/// <param name="Map">A value per cell; NaN without tissue.</param>
/// <param name="Grid">Where the cells lie.</param>
internal sealed record SegmentedSlide(PixelMap Map, HeatmapGrid Grid);

/// <summary>
/// Segments slides in bounded memory: of the slide, rows of one window's height and the map are held. What is done is saved,
/// and a stopped call goes on from there to the same numbers.
/// </summary>
internal sealed class SlideSegmentation
{
    private readonly SegmentationPredictor predictor;
    private readonly SlideSegmentationOptions options;
    private readonly WindowLayout layout;

    /// <param name="run">A run of this method.</param>
    /// <param name="options">Resolution, windows.</param>
    /// <exception cref="ArgumentException">The run is of another method, or the stride out of its range.</exception>
    public SlideSegmentation(TrainedModel run, SlideSegmentationOptions options)
        : this(SegmentationPredictor.Of(run), options) { }

    /// <summary>For networks that are no run yet, whose maps are not kept.</summary>
    internal SlideSegmentation(SegmentationPredictor predictor, SlideSegmentationOptions options)
    {
        (this.predictor, this.options) = (predictor, options);
        layout = ImageSegmentation.LayoutOf(predictor.Recipe, options.Reconstruct) with { Batch = options.Batch };
        if (options.Stride is { } stride)
            layout = layout with { Stride = stride };
        if (layout.Stride < 1 || layout.Stride > layout.Side)
            throw new ArgumentException(
                $"the stride is {layout.Stride} pixels; it goes from 1 to {layout.Side}, the side of a window"
            );
    }

    /// <summary>Adds how slides are segmented, the networks apart.</summary>
    internal Fingerprint AddTo(Fingerprint to) =>
        to.Add("windows.microns_per_pixel", options.Mpp)
            .Add("windows.stride", layout.Stride)
            .Add("windows.most_cells", options.MostCells);

    /// <summary>Segments a slide, or what is left of it.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="tissue">Where windows are worth it.</param>
    /// <param name="state">Where what is done is saved, and taken up; null for neither.</param>
    /// <param name="progress">Told how many windows of how many are done.</param>
    /// <param name="stop">Stops between batches; what was done is saved.</param>
    /// <exception cref="UnreadableSlideException">A tile that cannot be read, or no known resolution.</exception>
    public SegmentedSlide Predict(
        Slide slide,
        SlideTissue tissue,
        HeatmapState? state = null,
        Action<int, int>? progress = null,
        CancellationToken stop = default
    )
    {
        var (view, grid) = GridOf(slide);
        var (side, cell) = (layout.Side, grid.Stride);
        var size = new PixelSize(side, side);
        var picture = new WindowedPicture(
            (int)Math.Max(view.Width, side),
            (int)Math.Max(view.Height, side),
            (x, y) => view.Read(x, y, size)
        )
        {
            Wanted = (x, y) => tissue.Any(Level0(view, x, y, side)),
        };
        var heatmap =
            (options.Reconstruct ? null : state?.Load(grid))
            ?? new Heatmap(grid, [.. Enumerable.Repeat(Heatmap.Pending, grid.Cells)]);
        var reconstruction = new float[options.Reconstruct ? grid.Cells * 3 : 0];
        var first = Enumerable.Range(0, grid.Rows).FirstOrDefault(row => heatmap[0, row] == Heatmap.Pending, grid.Rows);
        if (first == grid.Rows)
            return Made(heatmap, grid, reconstruction);
        var means = new CellMeans(heatmap, reconstruction, (int)view.Width, (int)view.Height);
        var saved = DateTime.UtcNow;
        try
        {
            foreach (var rows in new BlendedWindows(predictor, layout).Of(picture, first * cell, progress, stop))
            {
                means.Add(rows, picture.Width);
                if (state is null || options.Reconstruct || DateTime.UtcNow - saved < options.SaveEvery)
                    continue;
                state.Save(heatmap);
                saved = DateTime.UtcNow;
            }
        }
        catch (Exception) when (state is not null && !options.Reconstruct)
        {
            state.Save(heatmap);
            throw;
        }
        return Made(heatmap, grid, reconstruction);
    }

    private static SegmentedSlide Made(Heatmap heatmap, HeatmapGrid grid, float[] reconstruction) =>
        new(new PixelMap(grid.Columns, grid.Rows, heatmap.Values.ToArray(), reconstruction), grid);

    private static SlideRectangle Level0(SlideView view, int x, int y, int side) =>
        new(
            new SlidePoint((long)(x * view.StepX), (long)(y * view.StepY)),
            (long)Math.Ceiling(side * view.StepX),
            (long)Math.Ceiling(side * view.StepY)
        );

    private (SlideView View, HeatmapGrid Grid) GridOf(Slide slide)
    {
        var view = slide.View(Mpp.Of(options.Mpp));
        var cell = 1;
        while ((view.Width / cell) * (view.Height / cell) > options.MostCells)
            cell *= 2;
        return (
            view,
            new HeatmapGrid(
                (int)((view.Width + cell - 1) / cell),
                (int)((view.Height + cell - 1) / cell),
                cell,
                cell * view.StepX,
                cell * view.StepY,
                slide.FinestMpp
            )
            {
                Slide = view.Finest,
            }
        );
    }
}
