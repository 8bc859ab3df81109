using System.Text.Json.Nodes;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.SlideWalk;

/// <summary><c>NAME-heatmap.json</c>: what a heatmap was made of, and where its cells lie.</summary>
public static class HeatmapRecord
{
    /// <summary>The middles of a finished slide's cells of tissue, in pixels of level 0: where detections can be.</summary>
    internal static IReadOnlyList<(double X, double Y)> Tissue(SlideFiles files)
    {
        var heatmap = Read(files);
        var grid = heatmap.Grid;
        return
        [
            .. Enumerable
                .Range(0, grid.Cells)
                .Where(i => !float.IsNaN(heatmap.Values[i]))
                .Select(i => grid.Center(i % grid.Columns, i / grid.Columns)),
        ];
    }

    /// <summary>A finished slide's heatmap.</summary>
    internal static Heatmap Read(SlideFiles files) =>
        Read(files, Find(files) ?? throw new FileNotFoundException($"{files.Record}: no such file"));

    /// <summary>A finished slide's heatmap, by its record.</summary>
    internal static Heatmap Read(SlideFiles files, JsonObject record) => Heatmap.Read(files.Heatmap, GridOf(record));

    /// <summary>The record that says where a slide's cells lie; null where there is none.</summary>
    internal static JsonObject? Find(SlideFiles files) =>
        new[] { files.Record, files.MapRecord }
            .Select(SlideRecord.Read)
            .FirstOrDefault(r => r?.ContainsKey("cell_width_level0") == true);

    /// <summary>Where the cells of a heatmap lie, as its record says.</summary>
    public static HeatmapGrid GridOf(JsonObject record)
    {
        double Number(string key) => record[key]!.GetValue<double>();
        return new HeatmapGrid(
            (int)Number("columns"),
            (int)Number("rows"),
            (int)Number("stride"),
            Number("cell_width_level0"),
            Number("cell_height_level0"),
            new Mpp(Number("level0_mpp_x"), Number("level0_mpp_y"))
        );
    }

    /// <summary>A record that says where a heatmap's cells lie, and nothing yet of what made it.</summary>
    public static JsonObject Of(Heatmap heatmap)
    {
        var grid = heatmap.Grid;
        return new JsonObject
        {
            ["tissue_cells"] = heatmap.TissueCells,
            ["columns"] = grid.Columns,
            ["rows"] = grid.Rows,
            ["stride"] = grid.Stride,
            ["cell_width_level0"] = grid.CellWidth,
            ["cell_height_level0"] = grid.CellHeight,
            ["level0_mpp_x"] = grid.Finest.X,
            ["level0_mpp_y"] = grid.Finest.Y,
        };
    }

    internal static JsonObject Of(SlideModel model, SlidePrediction prediction, string tissueRule)
    {
        var record = Of(prediction.Heatmap);
        record["class"] = model.Positive;
        record["probability"] = prediction.Heatmap.Score;
        record["tissue_rule"] = tissueRule;
        record["read_at_mpp"] = model.Window.Mpp.X;
        record["window_width"] = model.Window.Side.Width;
        record["window_height"] = model.Window.Side.Height;
        record["patches_in_last_call"] = prediction.Predicted;
        record["seconds_of_last_call"] = Math.Round(prediction.Seconds, 2);
        record["stains_kept"] = prediction.StainsKept;
        return record;
    }
}
