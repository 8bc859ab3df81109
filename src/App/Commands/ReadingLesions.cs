using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Files;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Annotations;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary>The lesions of a case: what its annotations outline on a slide, or a picture's boxes.</summary>
/// <param name="count">How many have to be found.</param>
/// <param name="judge">What marks come to.</param>
internal sealed class ReadingLesions(int count, Func<IReadOnlyList<Mark>, JudgedMarks> judge)
{
    /// <summary>Whoever marks a case without lesions is wrong.</summary>
    private static readonly ReadingLesions None = new(0, marks => new([], Highest(marks.Select(m => m.Confidence))));

    internal int Count => count;

    internal JudgedMarks Judge(IReadOnlyList<Mark> marks) => judge(marks);

    /// <summary>Those of every case of a study.</summary>
    /// <exception cref="InvalidDataException">Files say other things than when the study was made.</exception>
    internal static ReadingLesions[] Of(ReadingStudy study)
    {
        if (study.Cases.All(c => c.Annotation is null))
            return [.. study.Cases.Select(_ => None)];
        var cohort = Cohort.Load(study.Cohort, CohortChecks.Table);
        var rows = cohort.Rows.ToDictionary(r => r.Image);
        var classes = new AnnotationClasses { Tumor = study.TumorClasses };
        var boxes = study.Boxes is { } file ? BoxesFile.Read(file, cohort) : [];
        return
        [
            .. study.Cases.Select(c =>
            {
                if (c.Annotation is null)
                    return None;
                var row =
                    rows.GetValueOrDefault(c.Image)
                    ?? throw new InvalidDataException($"{study.Cohort} names {c.Image} no longer; put its row back");
                var annotated = study.Boxes ?? CohortSlides.AnnotationOf(cohort, row);
                if (annotated is null || FileContents.ReadWhole(annotated) != c.Annotation)
                    throw new InvalidDataException(
                        $"{c.Image}: its annotations ({annotated}) are not those that the study was made with; restore them"
                    );
                return study.Boxes is null
                    ? Of(c.Image, AnnotatedCases.Lesions(cohort, row, classes))
                    : Of([.. boxes.Where(b => b.Image == c.Image && b.Label == study.Positive).Select(b => b.Area)]);
            }),
        ];
    }

    /// <summary>By the rules of CAMELYON16: near a lesion is on it, and isolated tumor cells count neither way.</summary>
    private static ReadingLesions Of(string image, LesionMap? map)
    {
        int[] counted = [.. map?.Lesions.Index().Where(l => !l.Item.Isolated).Select(l => l.Index) ?? []];
        return new ReadingLesions(
            counted.Length,
            all =>
            {
                // The server refuses such marks; it did not always.
                var marks = all.Where(m => map?.Covers(m.X, m.Y) != false).ToList();
                var judged = FrocSlide.Of(
                    image,
                    new Detections(
                        $"marks on {image}",
                        [.. marks.Select(m => (double)m.Confidence)],
                        [.. marks.Select(m => m.X)],
                        [.. marks.Select(m => m.Y)]
                    ),
                    map
                );
                return new(
                    [.. counted.Select(l => judged.Lesions[l] > 0 ? judged.Lesions[l] : (double?)null)],
                    Highest([.. judged.FalsePositives, .. all.Except(marks).Select(m => (double)m.Confidence)])
                )
                {
                    Beyond = all.Count - marks.Count,
                };
            }
        );
    }

    /// <summary>A mark in a box is on that lesion, in two boxes on both.</summary>
    private static ReadingLesions Of(BoxArea[] boxes) =>
        new(
            boxes.Length,
            marks =>
                new(
                    [.. boxes.Select(b => Highest(marks.Where(m => b.Holds(m.X, m.Y)).Select(m => m.Confidence)))],
                    Highest(marks.Where(m => !boxes.Any(b => b.Holds(m.X, m.Y))).Select(m => m.Confidence))
                )
        );

    private static double? Highest(IEnumerable<int> confidences) => Highest(confidences.Select(c => (double)c));

    private static double? Highest(IEnumerable<double> confidences) =>
        confidences.Select(c => (double?)c).DefaultIfEmpty(null).Max();
}

/// <summary>What the marks of a verdict come to.</summary>
/// <param name="Found">Of each lesion the highest confidence of a mark on it; null of one without.</param>
/// <param name="False">The highest confidence of a mark on none; null where there is no such mark.</param>
internal sealed record JudgedMarks(double?[] Found, double? False)
{
    /// <summary>How many lie beyond the slide; they are among the false ones.</summary>
    internal int Beyond { get; init; }
}
