using System.Text.Json.Serialization;

namespace Coverslip.Methods.MultiStage;

/// <summary><c>patches.json</c>: figures over all patches of the test slides, and the slides.</summary>
internal sealed record PatchesFile(
    double Accuracy,
    double PrAuc,
    int Judged,
    int Unlabeled,
    int TumorPoints,
    IReadOnlyList<ReportedSlide> Slides
);

/// <summary>A slide in it.</summary>
/// <param name="Slide">Its name.</param>
/// <param name="Patches">Patches of its grid.</param>
/// <param name="Protruding">Those beyond the border of its map, which are not judged.</param>
/// <param name="TumorPoints">Maxima of tumor.</param>
/// <param name="Reason">Why there are no patches; null where there are.</param>
internal sealed record ReportedSlide(string Slide, int Patches, int Protruding, int TumorPoints, string? Reason);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals
)]
[JsonSerializable(typeof(PatchesFile))]
internal sealed partial class PatchesJson : JsonSerializerContext;
