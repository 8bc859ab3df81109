using System.Globalization;
using System.Text.Json.Nodes;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Tests;

/// <summary>What <c>predict</c> leaves of a slide, without a model.</summary>
internal static class InventedPrediction
{
    private const int Stride = 64;

    /// <summary>A map and one detection.</summary>
    /// <param name="folder">Where predictions go.</param>
    /// <param name="slide">The slide's name without extension.</param>
    /// <param name="side">Of the square slide, in pixels at 1 µm.</param>
    /// <param name="probability">Of the slide, and of the detection.</param>
    internal static void Write(string folder, string slide, int side, double probability)
    {
        var (files, cells) = (new SlideFiles(folder, slide), side / Stride);
        var values = Enumerable.Range(0, cells * cells).Select(c => (float)(c % 7 / 7.0)).ToArray();
        var heatmap = new Heatmap(new HeatmapGrid(cells, cells, Stride, Stride, Stride, Mpp.Of(1)), values);
        Directory.CreateDirectory(files.DetectionsFolder);
        heatmap.Write(files.Heatmap);
        var record = HeatmapRecord.Of(heatmap);
        record["class"] = "tumor";
        record["probability"] = probability;
        record["made_of"] = new JsonArray($"slide.contents: {slide}", "model.weights: 12");
        File.WriteAllText(files.Record, record.ToJsonString());
        var said = probability.ToString(CultureInfo.InvariantCulture);
        File.WriteAllText(files.Detections, $"{said},300,400\n");
        File.WriteAllText(
            files.GeoJson,
            $$"""
            {"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[300,400]},
            "properties":{"objectType":"annotation","classification":{"name":"tumor","color":[200,0,0]},"measurements":{"Probability":{{said}} } } }]}
            """
        );
    }

    /// <summary>A table of pictures, and of each an activation map and a mask of one gray.</summary>
    /// <param name="folder">Where predictions go.</param>
    /// <param name="finding">What the model looks for.</param>
    /// <param name="pictures">Name, probability, gray.</param>
    internal static void WritePictures(
        string folder,
        string finding,
        IReadOnlyList<(string Image, double Probability, byte Gray)> pictures
    )
    {
        Directory.CreateDirectory(Path.Combine(folder, "overlays"));
        Directory.CreateDirectory(Path.Combine(folder, "masks"));
        foreach (var (image, _, gray) in pictures)
        {
            using var map = new Image(64, 64, channels: 1);
            map.WritablePixels.Fill(gray);
            ImageFile.Write(Path.Combine(folder, "overlays", $"{PictureName.Of(image, finding)}.png"), map);
            map.WritablePixels[..2048].Clear();
            ImageFile.Write(Path.Combine(folder, "masks", $"{PictureName.Of(image, "mask")}.png"), map);
        }
        new Predictions(
            [finding],
            [.. pictures.Select(p => new Prediction(p.Image, "p", finding, finding, [p.Probability]))]
        )
        {
            MultiLabel = true,
        }.Write(Path.Combine(folder, "predictions.csv"));
    }
}
