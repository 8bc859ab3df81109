using System.Text.Json.Nodes;

namespace Coverslip.Learning.SlideWalk;

/// <summary><c>NAME-heatmap.json</c>: what a heatmap was made of, and where its cells lie.</summary>
internal static class HeatmapRecord
{
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
