using System.Text.Json;
using System.Text.Json.Serialization;
using Coverslip.App.Doctor;
using Coverslip.Slides.Geometry;

namespace Coverslip.App.Commands;

/// <summary>What <c>coverslip slide info --json</c> prints.</summary>
internal sealed record SlideFacts
{
    public required string Path { get; init; }

    public required string Reader { get; init; }

    public required string ReaderReason { get; init; }

    /// <summary>Readers that did not take it, and why.</summary>
    public required IReadOnlyDictionary<string, string> Declined { get; init; }

    public required Mpp? Mpp { get; init; }

    public required string MppSource { get; init; }

    public required string MppField { get; init; }

    /// <summary>What speaks against taking the file as it is read.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>A hint at the resolution; null where it was not asked for.</summary>
    public string? NucleiEstimate { get; init; }

    public required SlideRectangle Bounds { get; init; }

    public required IReadOnlyList<SlideLevel> Levels { get; init; }

    public required IReadOnlyDictionary<string, string> Properties { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(SlideFacts))]
[JsonSerializable(typeof(IReadOnlyList<DoctorCheck>))]
internal sealed partial class FactsJson : JsonSerializerContext;
