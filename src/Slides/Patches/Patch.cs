using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Patches;

/// <summary>A place on a slide that is a patch; its pixels are read when they are needed.</summary>
/// <param name="At">Top left corner in pixels of level 0.</param>
/// <param name="Label">"tumor", "normal" or nothing.</param>
public sealed record Patch(SlidePoint At, string Label)
{
    public const string TumorLabel = "tumor";
    public const string NormalLabel = "normal";

    /// <summary>Part that is tissue, 0 to 1; NaN where no tissue was looked for.</summary>
    public required double Tissue { get; init; }

    /// <summary>Part that is annotated as tumor.</summary>
    public required double Tumor { get; init; }

    /// <summary>Part that is annotated as normal.</summary>
    public required double Normal { get; init; }

    /// <summary>Part of the center 128 × 128 that is tumor; NaN for smaller patches.</summary>
    public required double Center { get; init; }

    /// <summary>Part beyond the scanned part of the slide.</summary>
    public required double Outside { get; init; }
}

/// <summary>What each filter removed, in the order in which they are asked.</summary>
/// <param name="Candidates">Places on the grid, or places that were drawn.</param>
/// <param name="Border">Reach beyond the scanned part.</param>
/// <param name="Repeated">Drawn a second time, or moved onto another.</param>
/// <param name="Tissue">Too little tissue.</param>
/// <param name="Unlabeled">The rule gives no label.</param>
/// <param name="Kept">What is left.</param>
public sealed record PatchCounts(long Candidates, long Border, long Repeated, long Tissue, long Unlabeled, long Kept)
{
    public static PatchCounts operator +(PatchCounts a, PatchCounts b) =>
        new(
            a.Candidates + b.Candidates,
            a.Border + b.Border,
            a.Repeated + b.Repeated,
            a.Tissue + b.Tissue,
            a.Unlabeled + b.Unlabeled,
            a.Kept + b.Kept
        );

    public override string ToString() =>
        $"{Candidates} places: {Border} beyond the border, {Repeated} repeated, {Tissue} without enough tissue, "
        + $"{Unlabeled} without a label, {Kept} kept";
}

/// <summary>The patches of a slide.</summary>
public sealed record PatchSelection(IReadOnlyList<Patch> Patches, PatchCounts Counts)
{
    /// <summary>Why there are fewer than were asked for, or none; null otherwise.</summary>
    public required string? Reason { get; init; }
}
