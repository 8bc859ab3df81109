using System.Text.Json.Serialization;

namespace Coverslip.Evaluation.Splits;

/// <summary>A split as it stands in its file.</summary>
internal sealed record SplitFile
{
    public required string Kind { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ImageWise { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    public required string Cohort { get; init; }

    public required long Seed { get; init; }

    public required IReadOnlyList<SplitPart> Parts { get; init; }

    internal static SplitFile Of(Split split) =>
        new()
        {
            Kind = Splits.Split.Word(split.Kind),
            ImageWise = split.ImageWise,
            Note = split.ImageWise ? Splits.Split.InflatedNote : null,
            Cohort = split.CohortHash,
            Seed = split.Seed,
            Parts = split.Parts,
        };

    /// <summary>Null where the kind is none.</summary>
    internal Split? Split()
    {
        foreach (var kind in Enum.GetValues<SplitKind>())
            if (Splits.Split.Word(kind) == Kind)
                return new Split(kind, Cohort, Seed, [.. Parts.Select(p => p with { ImageWise = ImageWise })]);
        return null;
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(SplitFile))]
internal sealed partial class SplitJson : JsonSerializerContext;
