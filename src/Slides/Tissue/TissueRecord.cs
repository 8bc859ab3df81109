using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coverslip.Slides.Tissue;

/// <summary>What was found on a slide, as <c>NAME.tissue.json</c> holds it.</summary>
public sealed record TissueRecord
{
    /// <summary>Full path of the slide's file.</summary>
    public required string Slide { get; init; }

    public required TissueOptions Options { get; init; }

    /// <summary>Connected pieces.</summary>
    public required int Pieces { get; init; }

    /// <summary>In mm².</summary>
    public required double Area { get; init; }

    /// <summary>Of the scanned part.</summary>
    public required double Share { get; init; }

    public required int Threshold { get; init; }

    public required double Contrast { get; init; }

    /// <summary>What was found besides tissue; null in files of versions that did not look for it.</summary>
    public ArtifactAreas? Artifacts { get; init; }

    /// <summary>Why there is no tissue.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The slide as it was read and all options, a part to a line; null in files of versions that did not keep it.
    /// </summary>
    public IReadOnlyList<string>? MadeOf { get; init; }

    /// <summary>The record in a file; null where there is none, or none of ours.</summary>
    internal static TissueRecord? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), TissueJson.Default.TissueRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal string ToJson() => JsonSerializer.Serialize(this, TissueJson.Default.TissueRecord);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TissueRecord))]
internal sealed partial class TissueJson : JsonSerializerContext;
