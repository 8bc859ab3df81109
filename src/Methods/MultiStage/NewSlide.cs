using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Patches;

namespace Coverslip.Methods.MultiStage;

/// <summary>What a run says of a slide that it was not trained on.</summary>
/// <param name="Patches">Patches of tissue side by side with their probabilities, the mean over the run's parts.</param>
/// <param name="Heatmap">
/// On the grid of the maps over the whole slide: where patches overlap, the mean of those that a cell lies in.
/// </param>
/// <param name="Protruding">Patches that lie on no map and have no probability.</param>
/// <param name="Reason">Why there is no patch; null where there are.</param>
internal sealed record NewSlidePrediction(
    IReadOnlyList<PredictedPatch> Patches,
    Heatmap Heatmap,
    int Protruding,
    string? Reason
)
{
    /// <summary>From one patch of the grid to the next, to the right and down.</summary>
    public (double X, double Y) Microns { get; init; }

    /// <summary>Where the patches are.</summary>
    public required SlideGrid Grid { get; init; }
}

/// <summary>Predicts slides of nobody in the cohort with a run of this method.</summary>
internal static class NewSlide
{
    /// <summary>Predicts a slide.</summary>
    /// <param name="run">The run; a run of several parts predicts with all of them and averages.</param>
    /// <param name="slide">The slide.</param>
    /// <param name="tissue">Outlines of tissue in pixels of level 0.</param>
    /// <param name="progress">Told how many of how many patches are read, over all parts.</param>
    /// <param name="stop">Asked between batches.</param>
    /// <exception cref="UnreadableSlideException">No resolution is known, or it is coarser than the run's.</exception>
    /// <exception cref="ArgumentException">The run is of another method.</exception>
    public static NewSlidePrediction Predict(
        TrainedModel run,
        Slide slide,
        PolygonRegion tissue,
        Action<int, int>? progress = null,
        CancellationToken stop = default
    )
    {
        if (run.Recipe is not MultiStageRecipe recipe)
            throw new ArgumentException("the run is of another method than multi-stage");
        var positive = run.Description.Classes.ToList().IndexOf(run.Description.Positive!);
        var pixels = new WindowPixels(recipe.Window, recipe.Window, run.Stain);
        var source = new SlideSource(
            new CohortRow(1, slide.Path, "unknown", "unknown"),
            slide,
            new PatchAreas { Tissue = tissue },
            new PatchInput(pixels, recipe.Views, positive),
            recipe.Patches.Places(recipe.Window)
        );
        var grid = new SlideGrid(source, recipe.Reading(pixels));
        var (sums, done, steps) = (new Dictionary<GridPatch, double>(), 0, grid.Patches.Count * run.Parts.Count);
        foreach (var model in run.Models.Cast<MultiStageModel>())
        {
            foreach (
                var p in new SlidePredictor(model, recipe, positive).Predict(
                    grid,
                    stop,
                    n => progress?.Invoke(done + n, steps)
                )
            )
                sums[p.Patch] = sums.GetValueOrDefault(p.Patch) + (p.Probability / run.Parts.Count);
            done += grid.Patches.Count;
        }
        PredictedPatch[] all =
        [
            .. grid.Patches.Where(sums.ContainsKey).Select(p => new PredictedPatch(p, Math.Min(1, sums[p]))),
        ];
        var patches = grid.SideBySide(all);
        return new NewSlidePrediction(patches, HeatmapOf(slide, recipe, all), grid.Whole - patches.Count, grid.Reason)
        {
            Microns = grid.Microns,
            Grid = grid,
        };
    }

    /// <summary>The grid of a slide's heatmap.</summary>
    internal static HeatmapGrid GridOf(Slide slide, MultiStageRecipe recipe) =>
        HeatmapGrid.Over(
            slide.View(Mpp.Of(recipe.Patches.Mpp)),
            recipe.Patches.GridSide!.Value / recipe.Maps.Steps,
            slide.Resolution.Mpp!.Value
        );

    /// <summary>
    /// The grid of patches begins where the slide's tissue may, a heatmap's cells at its corner: each square of a patch goes
    /// to the cell that its middle lies in.
    /// </summary>
    private static Heatmap HeatmapOf(Slide slide, MultiStageRecipe recipe, IReadOnlyList<PredictedPatch> patches)
    {
        var (grid, steps) = (GridOf(slide, recipe), recipe.Maps.Steps);
        var (sums, counts) = (new double[grid.Cells], new int[grid.Cells]);
        foreach (var (patch, probability) in patches)
            for (var square = 0; square < steps * steps; square++)
            {
                var column = (int)((slide.Bounds.At.X / grid.CellWidth) + patch.Column + (square % steps) + 0.5);
                var row = (int)((slide.Bounds.At.Y / grid.CellHeight) + patch.Row + (square / steps) + 0.5);
                if (column >= grid.Columns || row >= grid.Rows)
                    continue;
                sums[(row * grid.Columns) + column] += probability;
                counts[(row * grid.Columns) + column]++;
            }
        return new Heatmap(grid, [.. sums.Select((s, i) => counts[i] == 0 ? float.NaN : (float)(s / counts[i]))]);
    }
}
