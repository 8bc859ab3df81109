using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Learning.SlideWalk;

/// <summary>Where a part keeps what it says of its test slides.</summary>
public static class TestFiles
{
    /// <summary>Heatmaps, detections, scores.</summary>
    public static string SlidesFolder(string part) => Path.Combine(part, "slides");

    /// <summary>Where the same lies of the slides of validation patients.</summary>
    public static string ValidationFolder(string part) => Path.Combine(part, "validation");

    /// <summary>The folder of true masks.</summary>
    public static string TruthFolder(string part) => Path.Combine(part, "truth");

    /// <summary>A slide's name: its file's, without extension.</summary>
    public static string NameOf(CohortRow row) => Path.GetFileNameWithoutExtension(row.Image);

    /// <summary>What was predicted of a slide.</summary>
    public static SlideFiles Of(string part, CohortRow row) => new(SlidesFolder(part), NameOf(row));

    /// <summary>The slide's true mask; null for a slide without tumor.</summary>
    public static string? TruthOf(string part, CohortRow row) =>
        Path.Combine(TruthFolder(part), $"{NameOf(row)}.png") is var mask && File.Exists(mask) ? mask : null;
}
