using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Metrics;

/// <summary>An evaluation as JSON; the keys are listed in <c>docs/evaluation.md</c>.</summary>
public static class EvaluationReport
{
    private static readonly string[] Always =
    [
        "images",
        "patients",
        "classes",
        "confusion",
        "reliability",
        "bootstrap",
    ];

    /// <summary>Whether a text is such a report, by the keys that each has.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static bool Is(string text)
    {
        using var json = JsonDocument.Parse(text);
        return json.RootElement is { ValueKind: JsonValueKind.Object } root
            && Array.TrueForAll(Always, key => root.TryGetProperty(key, out _));
    }

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
        // A dictionary, since MetricNames says which figures there are.
        var report = new OrderedDictionary<string, object?>();
        if (note is not null)
            report["note"] = note;
        foreach (var (key, figure) in ByKey(evaluation.Figures))
            report[key] = figure;
        report["images"] = evaluation.Images;
        report["patients"] = evaluation.Patients;
        report["classes"] = evaluation.Classes.ToArray();
        report["positive"] = evaluation.Positive;
        report["confusion"] = evaluation.Confusion.Select(row => row.ToArray()).ToArray();
        report["reliability"] = evaluation.Reliability.Select(ReportedBin.Of).ToArray();
        report["bootstrap"] = new ReportedDraws(
            evaluation.Options.Bootstrap,
            evaluation.Options.Seed,
            evaluation.Redrawn
        );
        if (evaluation.Sets is { } sets)
            report["sets"] = sets;
        if (evaluation.Unfamiliar is { } unfamiliar)
            report["unfamiliar"] = unfamiliar;
        if (against is not null)
            report["difference"] = ByKey(against.Differences);
        JsonSerializer.Serialize(stream, report, ReportJson.Default.OrderedDictionaryStringObject);
    }

    private static OrderedDictionary<string, Estimate> ByKey(IReadOnlyDictionary<Metric, Estimate> figures) =>
        new(MetricNames.All.Select(metric => KeyValuePair.Create(metric.Key(), figures[metric])));
}

/// <summary>A bin of the reliability diagram; null where it is empty.</summary>
internal sealed record ReportedBin(double Low, double High, int Images, double? Predicted, double? Observed)
{
    internal static ReportedBin Of(ReliabilityBin bin) =>
        new(bin.Low, bin.High, bin.Images, bin.Images > 0 ? bin.Predicted : null, bin.Images > 0 ? bin.Observed : null);
}

/// <summary>How intervals were drawn.</summary>
internal sealed record ReportedDraws(int Draws, long Seed, int Redrawn);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OrderedDictionary<string, object?>))]
[JsonSerializable(typeof(OrderedDictionary<string, Estimate>))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(int[][]))]
[JsonSerializable(typeof(ReportedBin[]))]
[JsonSerializable(typeof(ReportedDraws))]
[JsonSerializable(typeof(SetCoverage))]
[JsonSerializable(typeof(Estimate))]
internal sealed partial class ReportJson : JsonSerializerContext;
