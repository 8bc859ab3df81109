using Coverslip.Evaluation;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;

namespace Coverslip.App.Commands;

/// <summary>
/// The slides of a cohort as <c>evaluate froc</c> judges them: the truth is their annotations, drawn at the slide's own
/// resolution, instead of masks that another tool made.
/// </summary>
internal static class AnnotatedCases
{
    /// <summary>The cases by name, with the lesions of each; none of a slide without tumor.</summary>
    /// <param name="file">The cohort: image, label, patient, annotation, mpp where a slide does not say it.</param>
    /// <param name="detections">The folder of detections.</param>
    /// <param name="exclude">Slides that are left out.</param>
    /// <exception cref="InvalidDataException">No slide, or one whose annotation is at odds with it.</exception>
    internal static IReadOnlyList<(DetectionCase Case, LesionMap? Lesions)> Of(
        string file,
        string detections,
        IReadOnlyList<string> exclude
    )
    {
        if (!Directory.Exists(detections))
            throw new DirectoryNotFoundException(
                $"{detections}: no such folder; it must hold the detections (SLIDE.csv)"
            );
        var cohort = Cohort.Load(file, CohortChecks.Table);
        EvaluationOptionSet.TellUnknown(
            SlideName.Unknown(exclude, cohort.Rows.Select(r => Path.GetFileNameWithoutExtension(r.Image)))
        );
        CohortRow[] rows =
        [
            .. cohort.Rows.Where(r =>
                SlideFile.IsSlide(cohort.ImagePath(r)) && !exclude.Lists(Path.GetFileNameWithoutExtension(r.Image))
            ),
        ];
        if (rows.Length == 0)
            throw new InvalidDataException($"{file} names no slide that is judged; lesions are found on slides");
        DistinctSlides(rows, file);
        return
        [
            .. rows.Select(row =>
                {
                    var name = Path.GetFileNameWithoutExtension(row.Image);
                    var found = Path.Combine(detections, $"{name}.csv");
                    if (!File.Exists(found))
                        throw new InvalidDataException(
                            $"{file}: row {row.Number}: {found} is missing; write an empty file where nothing was found, or leave the slide out with --exclude {name}"
                        );
                    return (new DetectionCase(name, row.Patient, found, null), Lesions(cohort, row));
                })
                .OrderBy(c => c.Item1.Name, StringComparer.Ordinal),
        ];
    }

    private static void DistinctSlides(CohortRow[] rows, string file)
    {
        var twice = rows.GroupBy(r => Path.GetFileNameWithoutExtension(r.Image), StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
            throw new InvalidDataException(
                $"{file}: {twice.Count()} slides are named {twice.Key}, and detections go by that name; rename them"
            );
    }

    private static LesionMap? Lesions(Cohort cohort, CohortRow row)
    {
        var classes = new AnnotationClasses();
        if (CohortSlides.AnnotationOf(cohort, row) is not { } file)
            return new[] { "tumor", "tumour", "malignant" }.Contains(row.Label.ToLowerInvariant())
                ? throw new InvalidDataException(
                    $"{cohort.Path}: row {row.Number}: {row.Image} is labeled {row.Label} and has no annotation, so that nobody knows where; "
                        + $"name its file in the column {CohortSlides.AnnotationColumn}, or leave the slide out with --exclude"
                )
                : null;
        using var slide = SlideFile.Open(
            cohort.ImagePath(row),
            new SlideOptions { Mpp = CohortMpp.OfSlide(cohort, row) }
        );
        var drawn = SlideAnnotations.Read(file, classes);
        drawn.CheckWithin(slide.Levels[0].Width, slide.Levels[0].Height, row.Image);
        if (drawn.Tumor.IsEmpty)
            return null;
        var rules = TruthMask.RulesOf(slide);
        using var mask = TruthMask.Draw(drawn.Tumor, slide, rules.Level);
        return LesionMap.Of(mask.Pixels, mask.Width, rules);
    }
}
