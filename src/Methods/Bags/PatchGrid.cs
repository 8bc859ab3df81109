using Coverslip.Learning.StoredFeatures;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Methods.Bags;

/// <summary>Patches of a file of features as cells over their slide, whoever cut them.</summary>
internal static class PatchGrid
{
    /// <summary>A grid of squares as large as the patches, from the slide's corner.</summary>
    /// <exception cref="InvalidDataException">Nobody says how large the patches are.</exception>
    internal static HeatmapGrid Of(Slide slide, PatchFeatures features)
    {
        var side = SideOf(slide, features);
        var finest = slide.Levels[0];
        if (features.Facts.Level0Size is { } size && size != (finest.Width, finest.Height))
            throw new InvalidDataException(
                $"{features.Name}: the features are of a slide of {size.Width} × {size.Height} pixels, and {slide.Path} has {finest.Width} × {finest.Height}: another slide of that name; rename one of them, or compute the features anew"
            );
        return new HeatmapGrid(
            (int)Math.Ceiling(finest.Width / side),
            (int)Math.Ceiling(finest.Height / side),
            Math.Max(HeatmapGrid.LeastStride, features.Facts.Side ?? (int)Math.Round(side)),
            side,
            side,
            slide.FinestMpp
        )
        {
            Slide = (finest.Width, finest.Height),
        };
    }

    /// <summary>The heatmap of patches' values: a cell has the greatest of the patches whose middle it holds.</summary>
    internal static Heatmap Map(Slide slide, PatchFeatures features, IReadOnlyList<float> values)
    {
        var grid = Of(slide, features);
        var cells = new float[grid.Cells];
        Array.Fill(cells, float.NaN);
        foreach (var (i, (x, y)) in Corners(slide, features).Index())
        {
            var column = (int)((x / grid.CellWidth) + 0.5);
            var row = (int)((y / grid.CellHeight) + 0.5);
            if (column < 0 || row < 0 || column >= grid.Columns || row >= grid.Rows)
                throw new InvalidDataException(
                    $"{features.Name}: patch {i + 1} begins at {x:0}, {y:0}, and {slide.Path} has {grid.Slide.Width} × {grid.Slide.Height} pixels; the features are another slide's, or of another level: compute them anew"
                );
            var cell = (row * grid.Columns) + column;
            cells[cell] = float.IsNaN(cells[cell]) ? values[i] : Math.Max(cells[cell], values[i]);
        }
        return new Heatmap(grid, cells);
    }

    /// <summary>Top left corners in pixels of level 0.</summary>
    internal static IEnumerable<(double X, double Y)> Corners(Slide slide, PatchFeatures features)
    {
        var pitch = features.InMicrons ? slide.FinestMpp : new Mpp(1, 1);
        for (var i = 0; i < features.Count; i++)
            yield return (features.Places[2 * i] / pitch.X, features.Places[(2 * i) + 1] / pitch.Y);
    }

    private static double SideOf(Slide slide, PatchFeatures features)
    {
        if (features.Facts.Level0Side is { } told)
            return told;
        if (features.Facts is { Side: { } pixels, Mpp: { } mpp })
            return pixels * mpp / slide.FinestMpp.X;
        double[] columns = [.. Corners(slide, features).Select(c => c.X).Distinct().Order()];
        return columns.Length > 1
            ? columns.Zip(columns.Skip(1), (a, b) => b - a).Min()
            : throw new InvalidDataException(
                $"{features.Name}: the file does not say how large its patches are, and all of them stand in one column; compute the features anew"
            );
    }
}
