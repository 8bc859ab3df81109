using System.Globalization;
using System.Text.Json;
using Coverslip.Files;

namespace Coverslip.Learning.SlideWalk;

/// <summary>What came of all slides of a call: <c>slide_scores.csv</c> and <c>summary.json</c>.</summary>
/// <param name="Outcomes">The slides that are finished.</param>
/// <param name="Failures">The others, with the reason.</param>
/// <param name="Rates">What reading and the network could do alone; null where there was nothing to do.</param>
/// <param name="Detection">How detections were made.</param>
public sealed record SlideSummary(
    IReadOnlyList<SlideOutcome> Outcomes,
    IReadOnlyList<(string Slide, string Reason)> Failures,
    WindowRates? Rates,
    DetectionOptions Detection
)
{
    /// <summary>Windows per second over all slides of this call; null where none were predicted.</summary>
    public double? WindowsPerSecond
    {
        get
        {
            var made = Outcomes
                .Select(o => o.Prediction)
                .OfType<SlidePrediction>()
                .Where(p => p.Predicted > 0)
                .ToArray();
            return made.Length == 0 ? null : made.Sum(p => p.Predicted) / made.Sum(p => p.Seconds);
        }
    }

    /// <summary>Writes both files into a folder.</summary>
    public void Write(string folder)
    {
        CsvTable.Write(
            Path.Combine(folder, "slide_scores.csv"),
            ["image", "probability"],
            Outcomes.Select(o => (string[])[o.Name, o.Score.ToString("R", CultureInfo.InvariantCulture)])
        );
        WholeFile.Write(Path.Combine(folder, "summary.json"), Write);
    }

    private void Write(Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("threshold", Detection.Threshold);
        if (Detection.Components)
            json.WriteBoolean("components", true);
        else
            json.WriteNumber("radius_microns", Detection.RadiusMicrons);
        if (WindowsPerSecond is { } all)
            json.WriteNumber("patches_per_second", Math.Round(all, 2));
        if (Rates is { } rates)
        {
            json.WriteNumber("patches_per_second_reading_alone", Math.Round(rates.Reading, 2));
            json.WriteNumber("patches_per_second_network_alone", Math.Round(rates.Network, 2));
        }
        json.WriteStartArray("slides");
        foreach (var outcome in Outcomes)
            Write(json, outcome);
        foreach (var (slide, reason) in Failures)
        {
            json.WriteStartObject();
            json.WriteString("slide", slide);
            json.WriteString("failed", reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SlideOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("slide", outcome.Name);
        json.WriteNumber("probability", outcome.Score);
        json.WriteNumber("detections", outcome.Detections);
        json.WriteNumber("tissue_patches", outcome.TissueCells);
        if (outcome.Empty is { } empty)
            json.WriteString("empty", empty);
        if (outcome.Prediction is { } made)
        {
            json.WriteNumber("patches_now", made.Predicted);
            json.WriteNumber("seconds", Math.Round(made.Seconds, 2));
            json.WriteNumber("pixels_read", made.PixelsRead);
            json.WriteNumber("stains_kept", made.StainsKept);
        }
        else
        {
            json.WriteBoolean("finished_before", true);
        }
        json.WriteEndObject();
    }
}
