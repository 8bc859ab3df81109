using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.Files;

namespace Coverslip.Learning.Masks;

/// <summary><c>settings.json</c> of a folder of masks: how they were made.</summary>
internal sealed record MaskSettingsFile
{
    public required MaskOptions Segmentation { get; init; }

    public required MaskRules Rules { get; init; }

    /// <summary>The version that made them; null in files of versions that did not keep it.</summary>
    public string? Program { get; init; }

    /// <summary>All that decides a segmentation besides the picture.</summary>
    internal Fingerprint OfSegmentation { get; private init; } = new();

    /// <summary>All that decides which areas are valid.</summary>
    internal Fingerprint OfRules { get; private init; } = new();

    internal static MaskSettingsFile Of(MaskOptions segmentation, MaskRules rules) =>
        new()
        {
            Segmentation = segmentation,
            Rules = rules,
            Program = ProgramVersion.Current,
            OfSegmentation = new Fingerprint().AddRecord(
                "segmentation",
                segmentation,
                new LeftOut(nameof(MaskOptions.Device), "another device is no other segmentation")
            ),
            OfRules = new Fingerprint().AddRecord(
                "rules",
                rules,
                new LeftOut(nameof(MaskRules.Origin), "the thresholds are parts")
            ),
        };

    /// <summary>Null where there is no such file.</summary>
    /// <exception cref="InvalidDataException">It is something else, or damaged.</exception>
    internal static MaskSettingsFile? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            var read =
                JsonSerializer.Deserialize(TextFile.Read(path), MaskJson.Default.MaskSettingsFile)
                ?? throw new JsonException("it holds null");
            return Of(read.Segmentation, read.Rules) with { Program = read.Program };
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{path} is {FileLook.Of(path)}, and not the settings that 'coverslip mask' writes; nothing was written over "
                    + "it. Choose another folder for masks",
                error
            );
        }
    }

    internal void Write(string path) =>
        WholeFile.Write(path, JsonSerializer.Serialize(this, MaskJson.Default.MaskSettingsFile) + "\n");
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true
)]
[JsonSerializable(typeof(MaskSettingsFile))]
internal sealed partial class MaskJson : JsonSerializerContext;
