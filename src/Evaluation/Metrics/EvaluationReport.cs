using System.Text.Json;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Metrics;

/// <summary>An evaluation as JSON; the keys are listed in <c>docs/evaluation.md</c>.</summary>
public static class EvaluationReport
{
    /// <summary>
    /// One JSON object, indented, as UTF-8. Figures that are not defined are null with the reason beside them.
    /// </summary>
    /// <param name="stream">Where to.</param>
    /// <param name="evaluation">The figures.</param>
    /// <param name="against">Differences to other predictions.</param>
    /// <param name="note">What has to be said with the figures.</param>
    public static void WriteJson(
        Stream stream,
        ClassificationEvaluation evaluation,
        PairedComparison? against = null,
        string? note = null
    )
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        if (note is not null)
            json.WriteString("note", note);
        WriteFigures(json, evaluation.Figures);
        json.WriteNumber("images", evaluation.Images);
        json.WriteNumber("patients", evaluation.Patients);
        json.WriteStartArray("classes");
        foreach (var name in evaluation.Classes)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteString("positive", evaluation.Positive);
        json.WriteStartArray("confusion");
        foreach (var row in evaluation.Confusion)
        {
            json.WriteStartArray();
            foreach (var images in row)
                json.WriteNumberValue(images);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        WriteReliability(json, evaluation.Reliability);
        json.WriteStartObject("bootstrap");
        json.WriteNumber("draws", evaluation.Options.Bootstrap);
        json.WriteNumber("seed", evaluation.Options.Seed);
        json.WriteNumber("redrawn", evaluation.Redrawn);
        json.WriteEndObject();
        if (against is not null)
        {
            json.WriteStartObject("difference");
            WriteFigures(json, against.Differences);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, IReadOnlyDictionary<Metric, Estimate> figures)
    {
        foreach (var metric in MetricNames.All)
        {
            var figure = figures[metric];
            json.WriteStartObject(metric.Key());
            WriteNumber(json, "value", figure.Value);
            WriteNumber(json, "low", figure.Low);
            WriteNumber(json, "high", figure.High);
            if (figure.Reason is not null)
                json.WriteString("reason", figure.Reason);
            json.WriteEndObject();
        }
    }

    private static void WriteReliability(Utf8JsonWriter json, IReadOnlyList<ReliabilityBin> bins)
    {
        json.WriteStartArray("reliability");
        foreach (var bin in bins)
        {
            json.WriteStartObject();
            json.WriteNumber("low", bin.Low);
            json.WriteNumber("high", bin.High);
            json.WriteNumber("images", bin.Images);
            WriteNumber(json, "predicted", bin.Images > 0 ? bin.Predicted : null);
            WriteNumber(json, "observed", bin.Images > 0 ? bin.Observed : null);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
