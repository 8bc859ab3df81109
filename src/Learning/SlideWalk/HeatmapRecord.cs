using System.Text.Json;
using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.SlideWalk;

/// <summary><c>NAME-heatmap.json</c>: what a heatmap was made of, and where its cells lie.</summary>
internal static class HeatmapRecord
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>SHA-256 of whatever a heatmap depends on: slide, model, grid, tissue.</summary>
    public static string Key(Slide slide, SlideModel model, HeatmapGrid grid, string tissueRule) =>
        SlideRecord.Key(slide.Path, model.Identity, $"{grid}", tissueRule);

    public static void Write(
        string path,
        string key,
        SlideModel model,
        SlidePrediction prediction,
        string tissueRule
    ) =>
        WholeFile.Write(
            path,
            stream =>
            {
                var (heatmap, grid) = (prediction.Heatmap, prediction.Heatmap.Grid);
                using var json = new Utf8JsonWriter(stream, Indented);
                json.WriteStartObject();
                json.WriteString("key", key);
                json.WriteString("class", model.Positive);
                json.WriteNumber("probability", heatmap.Score);
                json.WriteNumber("tissue_cells", heatmap.TissueCells);
                json.WriteString("tissue_rule", tissueRule);
                json.WriteNumber("columns", grid.Columns);
                json.WriteNumber("rows", grid.Rows);
                json.WriteNumber("stride", grid.Stride);
                json.WriteNumber("cell_width_level0", grid.CellWidth);
                json.WriteNumber("cell_height_level0", grid.CellHeight);
                json.WriteNumber("level0_mpp_x", grid.Finest.X);
                json.WriteNumber("level0_mpp_y", grid.Finest.Y);
                json.WriteNumber("read_at_mpp", model.Window.Mpp.X);
                json.WriteNumber("window_width", model.Window.Side.Width);
                json.WriteNumber("window_height", model.Window.Side.Height);
                json.WriteNumber("patches_in_last_call", prediction.Predicted);
                json.WriteNumber("seconds_of_last_call", Math.Round(prediction.Seconds, 2));
                json.WriteNumber("stains_kept", prediction.StainsKept);
                json.WriteEndObject();
            }
        );
}
