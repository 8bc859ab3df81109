using Coverslip.Evaluation;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Files;
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
    /// <param name="classes">Which annotations are tumor.</param>
    /// <exception cref="InvalidDataException">No slide, or one whose annotation is at odds with it.</exception>
    internal static IReadOnlyList<(DetectionCase Case, LesionMap? Lesions)> Of(
        string file,
        string detections,
        IReadOnlyList<string> exclude,
        AnnotationClasses classes
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
        CohortSlides.CheckNames(rows);
        TellLeftOut(cohort, detections);
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
                    return (new DetectionCase(name, row.Patient, found, null), Lesions(cohort, row, classes));
                })
                .OrderBy(c => c.Item1.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>The lesions of a slide, at its own resolution; null where it has none.</summary>
    internal static LesionMap? Lesions(Cohort cohort, CohortRow row, AnnotationClasses classes)
    {
        using var slide = SlideFile.Open(
            cohort.ImagePath(row),
            new SlideOptions { Mpp = CohortMpp.OfSlide(cohort, row) }
        );
        var positive = ClassMeaning.PositiveOf(cohort.Classes);
        var drawn = SlideOutlines.Of(cohort, row, slide, positive is null ? null : row.Label == positive, classes);
        if (drawn is null || drawn.Tumor.IsEmpty)
            return null;
        var rules = TruthMask.RulesOf(slide);
        using var mask = TruthMask.Draw(drawn.Tumor, slide, rules.Level);
        return LesionMap.Of(mask.Pixels, mask.Width, rules);
    }

    /// <summary>Names what is in one of both places alone, and is not judged.</summary>
    private static void TellLeftOut(Cohort cohort, string detections)
    {
        if (cohort.Rows.Count(r => !SlideFile.IsSlide(cohort.ImagePath(r))) is > 0 and var images)
            Console.Error.WriteLine($"left out: {images} rows of the cohort that are no slides");
        var named = cohort
            .Rows.Select(r => Path.GetFileNameWithoutExtension(r.Image))
            .ToHashSet(StringComparer.Ordinal);
        string[] others =
        [
            .. Directory
                .EnumerateFiles(detections, "*.csv")
                .Select(f => Path.GetFileNameWithoutExtension(f))
                .Where(name => !named.Contains(name))
                .Order(StringComparer.Ordinal),
        ];
        if (others.Length > 0)
            Console.Error.WriteLine($"not in the cohort and left out: {string.Join(", ", others)}");
    }
}
