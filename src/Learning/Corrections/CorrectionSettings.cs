using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.Files;
using Coverslip.Learning.Encoders;
using Coverslip.Slides.Annotations;

namespace Coverslip.Learning.Corrections;

/// <summary>What a correction was begun with; it does not change, so that its rounds compare.</summary>
public sealed record CorrectionSettings
{
    /// <summary>The cohort of slides, a CSV file, relative to the correction's folder or absolute.</summary>
    public required string Cohort { get; init; }

    /// <summary>Classes that are drawn, two at least.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The class that heatmaps and figures are of.</summary>
    public required string Positive { get; init; }

    /// <summary>Patients kept aside: judged by, never drawn on.</summary>
    public required IReadOnlyList<string> Aside { get; init; }

    /// <summary>As <see cref="EncoderWord"/> takes it.</summary>
    public string Encoder { get; init; } = BoxedResNet.Name;

    /// <summary>Microns per pixel of windows.</summary>
    public double Mpp { get; init; } = 1;

    /// <summary>Pixels to a side of windows.</summary>
    public int Side { get; init; } = 96;

    /// <summary>Place of <see cref="Positive"/> among <see cref="Classes"/>.</summary>
    [JsonIgnore]
    public int PositivePlace => Classes.ToList().IndexOf(Positive);

    /// <summary>Which of the cohort's own outlines are of the positive class.</summary>
    internal AnnotationClasses Outlines => new() { Tumor = ClassMeaning.IsTumor(Positive) ? [] : [Positive] };

    /// <summary>Begins a correction in a folder that holds none.</summary>
    /// <exception cref="IOException">The folder holds one.</exception>
    /// <exception cref="ArgumentException">They do not fit the cohort.</exception>
    internal void Begin(CorrectionFolder at)
    {
        WholeFile.NeedNew(at.Settings);
        var cohort = Evaluation.Cohorts.Cohort.Load(Cohort);
        if (Classes.Count < 2 || !Classes.Contains(Positive))
            throw new ArgumentException(
                $"classes are {string.Join(", ", Classes)}, the positive one '{Positive}'; give two classes at least, the positive among them"
            );
        string[] patients = [.. cohort.PatientImages.Select(p => p.Patient)];
        if (Aside.FirstOrDefault(p => !patients.Contains(p)) is { } unknown)
            throw new ArgumentException(
                $"patient {unknown} is kept aside, and {Cohort} has none of that name; {NearestName.Among(unknown, patients)}"
            );
        if (Aside.Count == 0 || Aside.Count >= patients.Length)
            throw new ArgumentException(
                $"{Aside.Count} of {patients.Length} patients are kept aside; at least one is judged by, and one drawn on"
            );
        (this with { Cohort = Path.GetFullPath(Cohort) }).Write(at.Settings);
    }

    internal void Write(string path) =>
        WholeFile.Write(
            path,
            stream => JsonSerializer.Serialize(stream, this, CorrectionJson.Default.CorrectionSettings)
        );

    /// <exception cref="InvalidDataException">No correction, or a damaged one.</exception>
    internal static CorrectionSettings Read(string path)
    {
        if (!File.Exists(path))
            throw new InvalidDataException(
                $"{Path.GetDirectoryName(path)} holds no correction ({Path.GetFileName(path)}); 'coverslip correct new FOLDER --cohort FILE' begins one"
            );
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CorrectionJson.Default.CorrectionSettings)
                ?? throw new JsonException("it holds null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException(
                $"{path} is damaged: {error.Message}; begin the correction anew in another folder, its annotations can be added there",
                error
            );
        }
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true
)]
[JsonSerializable(typeof(CorrectionSettings))]
[JsonSerializable(typeof(CorrectionRound))]
internal sealed partial class CorrectionJson : JsonSerializerContext;
