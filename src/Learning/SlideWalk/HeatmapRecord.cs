using System.Text.Json.Nodes;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.SlideWalk;

/// <summary><c>NAME-heatmap.json</c>: what a heatmap was made of, and where its cells lie.</summary>
internal static class HeatmapRecord
{
    /// <summary>The middles of a finished slide's cells of tissue, in pixels of level 0: where detections can be.</summary>
    public static IReadOnlyList<(double X, double Y)> Tissue(SlideFiles files)
    {
        var record = SlideRecord.Read(files.Record) ?? throw new FileNotFoundException($"{files.Record}: no such file");
        double Number(string key) => record[key]!.GetValue<double>();
        var grid = new HeatmapGrid(
            (int)Number("columns"),
            (int)Number("rows"),
            (int)Number("stride"),
            Number("cell_width_level0"),
            Number("cell_height_level0"),
            new Mpp(Number("level0_mpp_x"), Number("level0_mpp_y"))
        );
        var heatmap = Heatmap.Read(files.Heatmap, grid);
        return
        [
            .. Enumerable
                .Range(0, grid.Cells)
                .Where(i => !float.IsNaN(heatmap.Values[i]))
                .Select(i => grid.Center(i % grid.Columns, i / grid.Columns)),
        ];
    }

    public static JsonObject Of(SlideModel model, SlidePrediction prediction, string tissueRule)
    {
        var (heatmap, grid) = (prediction.Heatmap, prediction.Heatmap.Grid);
        return new JsonObject
        {
            ["class"] = model.Positive,
            ["probability"] = heatmap.Score,
            ["tissue_cells"] = heatmap.TissueCells,
            ["tissue_rule"] = tissueRule,
            ["columns"] = grid.Columns,
            ["rows"] = grid.Rows,
            ["stride"] = grid.Stride,
            ["cell_width_level0"] = grid.CellWidth,
            ["cell_height_level0"] = grid.CellHeight,
            ["level0_mpp_x"] = grid.Finest.X,
            ["level0_mpp_y"] = grid.Finest.Y,
            ["read_at_mpp"] = model.Window.Mpp.X,
            ["window_width"] = model.Window.Side.Width,
            ["window_height"] = model.Window.Side.Height,
            ["patches_in_last_call"] = prediction.Predicted,
            ["seconds_of_last_call"] = Math.Round(prediction.Seconds, 2),
            ["stains_kept"] = prediction.StainsKept,
        };
    }
}
