using System.Text.Json.Serialization;
using Coverslip.Evaluation.Statistics;

namespace Coverslip.App.Commands;

/// <summary>Figures that <c>--json</c> prints; how their intervals were drawn comes last.</summary>
internal abstract record PrintedFigures
{
    /// <summary>Set where they are printed.</summary>
    [JsonPropertyOrder(1)]
    public Draws? Bootstrap { get; init; }
}

/// <summary>Draws of patients.</summary>
internal sealed record Draws([property: JsonPropertyName("draws")] int Count, long Seed, int Redrawn);

internal sealed record RocJson(
    Estimate Auc,
    [property: JsonPropertyName("auc_delong")] Estimate DeLong,
    Estimate AveragePrecision,
    int Slides,
    int Positives,
    int Patients,
    string Positive,
    IReadOnlyDictionary<string, int> Negatives
) : PrintedFigures;

internal sealed record KappaJson(Estimate Kappa, int Patients, int UnusedRows) : PrintedFigures;

internal sealed record FrocJson : PrintedFigures
{
    public required Estimate Froc { get; init; }

    /// <summary>The same of detections at random places.</summary>
    public required Estimate Chance { get; init; }

    /// <summary>Where these places are: "tissue" or "slide".</summary>
    public required string ChanceWithin { get; init; }

    /// <summary>By false positives per slide.</summary>
    public required OrderedDictionary<string, Estimate> Sensitivity { get; init; }

    public required int Slides { get; init; }

    public required int NormalSlides { get; init; }

    public required int Patients { get; init; }

    public required int Lesions { get; init; }

    public required int IsolatedTumorCells { get; init; }

    public required int DetectionsOutsideLesions { get; init; }

    public required string FalsePositivesOf { get; init; }
}

/// <summary>Figures of findings, over all images or a site's.</summary>
internal record FindingsJson(
    int Images,
    int Patients,
    Estimate MeanAuc,
    Estimate MeanSensitivity,
    Estimate MeanSpecificity,
    OrderedDictionary<string, FindingJson> Findings
);

internal sealed record FindingJson(int Images, Estimate Auc, Estimate Sensitivity, Estimate Specificity);

/// <summary>How well a finding's place was seen.</summary>
internal sealed record PlaceJson(int Images, Estimate HitRate, Estimate Iou);

/// <summary>The same of each site besides, and places where boxes are known.</summary>
internal sealed record AllFindingsJson : FindingsJson
{
    internal AllFindingsJson(FindingsJson whole)
        : base(whole) { }

    [JsonPropertyOrder(1)]
    public required OrderedDictionary<string, FindingsJson> Sites { get; init; }

    [JsonPropertyOrder(2)]
    public required OrderedDictionary<string, PlaceJson> Localisation { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RocJson))]
[JsonSerializable(typeof(KappaJson))]
[JsonSerializable(typeof(FrocJson))]
[JsonSerializable(typeof(AllFindingsJson))]
[JsonSerializable(typeof(OrderedDictionary<string, object>))]
internal sealed partial class FiguresJson : JsonSerializerContext;
