using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coverslip.Evaluation;
using Coverslip.Methods.Training;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Methods.TumorDetection;

/// <summary><c>NAME-heatmap.json</c>: what a heatmap was made of, and where its cells lie.</summary>
internal static class HeatmapRecord
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>SHA-256 of whatever a heatmap depends on: slide, model, grid, tissue.</summary>
    public static string Key(Slide slide, SlideModel model, HeatmapGrid grid, string tissueRule) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes($"{FileIdentity.Of(slide.Path)}\n{model.Identity}\n{grid}\n{tissueRule}")
            )
        );

    /// <summary>The key of a finished heatmap; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static string? KeyIn(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonNode.Parse(File.ReadAllText(path))!["key"]!.GetValue<string>();
        }
        catch (Exception error) when (error is JsonException or NullReferenceException or InvalidOperationException)
        {
            throw new InvalidDataException(
                $"{path} is damaged; remove it, so that the slide is predicted again",
                error
            );
        }
    }

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
