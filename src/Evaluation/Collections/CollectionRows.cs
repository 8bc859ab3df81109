using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Evaluation.Collections;

/// <summary>What was found of a collection.</summary>
/// <param name="Rows">Numbered as they will stand in the cohort file.</param>
/// <param name="FurtherColumns">What the collection tells beyond label and patient.</param>
public sealed record CollectionRows(IReadOnlyList<CohortRow> Rows, IReadOnlyList<string> FurtherColumns)
{
    /// <summary>What is here beside what was published.</summary>
    public required IReadOnlyList<PublishedCount> Counts { get; init; }

    /// <summary>What is missing, left out, or to be known before one trains on it; a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where findings are; written beside the cohort as <c>boxes.csv</c>.</summary>
    public IReadOnlyList<FindingBox> Boxes { get; init; } = [];

    /// <summary>Annotation files that lie in an archive, and have to be unpacked beside the cohort.</summary>
    public IReadOnlyList<PackedFile> Packed { get; init; } = [];

    /// <summary>Masks of the rows that have to be drawn beside the cohort.</summary>
    public IReadOnlyList<OutlinedMask> Outlined { get; init; } = [];
}

/// <summary>So many are here, of so many that were published.</summary>
public sealed record PublishedCount(string What, int Here, int Published);

/// <summary>A mask that is drawn from outlines.</summary>
/// <param name="Mask">Where it goes, relative to the cohort's folder.</param>
/// <param name="Outlines">Full path of the annotation file.</param>
/// <param name="Image">Full path of the image.</param>
public sealed record OutlinedMask(string Mask, string Outlines, string Image);
