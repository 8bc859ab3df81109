using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Inputs;
using Coverslip.Slides.Annotations;

namespace Coverslip.Learning.SlidePatches;

/// <summary>The columns of a cohort that slides need.</summary>
internal sealed record SlideColumns(Cohort Cohort)
{
    private readonly int annotation = Cohort.FurtherIndex(CohortSlides.AnnotationColumn);

    /// <summary>Full path of the slide's annotations; null where it has none.</summary>
    internal string? AnnotationOf(CohortRow row) =>
        annotation >= 0 && row.Further[annotation].Length > 0
            ? OwnOf(Path.GetFullPath(Path.Combine(Cohort.Folder, row.Further[annotation])), row.Image)
            : null;

    /// <summary>Of a folder the slide's own file; null where it holds none of it.</summary>
    private static string? OwnOf(string path, string image) =>
        Directory.Exists(path) ? AnnotationFolder.Open(path, [image]).Of(image) : path;

    /// <summary>See <see cref="OutlinedInPart.IsExhaustive"/>.</summary>
    internal bool IsExhaustive(CohortRow row) => OutlinedInPart.IsExhaustive(Cohort, row);

    internal ImageExample ImageOf(CohortRow row, double wanted)
    {
        var own =
            CohortMpp.OfSlide(Cohort, row)?.X
            ?? throw new InvalidDataException(
                $"{Cohort.Path}: row {row.Number}: {row.Image} is an image file and brings no resolution; write its microns per "
                    + $"pixel into the column {CohortMpp.Column}"
            );
        if (own > wanted * CohortMpp.MostRatio)
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Cohort.Path}: row {row.Number}: {row.Image} has {own} µm/px, coarser than the run's {wanted}; leave it out, or train at {own} (patches.mpp)"
                )
            );
        return new ImageExample(row, Cohort.ImagePath(row), Cohort.Classes.ToList().IndexOf(row.Label), own);
    }
}
