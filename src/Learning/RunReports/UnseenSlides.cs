using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Learning.RunReports;

/// <summary>What a run's unseen slides are worth, where they are outlined, and heatmaps beside the truth.</summary>
public static class UnseenSlides
{
    /// <summary>The section; null for a run that tested no slides.</summary>
    public static ReportSection? Of(ReportedRun run)
    {
        var slides = run.Parts.SelectMany(part => Slides(run, part)).ToArray();
        if (slides.Length == 0)
            return null;
        var figures = DetectionFigures.OfRun(run.Run.Folder, run.Cohort, run.Run.SplitParts);
        // Slides with tumor first, of each kind the surest.
        var ordered = slides.OrderByDescending(s => s.Truth is not null).ThenByDescending(s => s.Score).ToArray();
        var shown = ordered.Take(ReportedSlides.Most).Select(Shown).ToArray();
        return ReportSection.Of(
            "slides",
            "Unseen slides",
            [
                .. figures is null ? [] : Table(figures),
                .. DetectionFigures.CurveOfRun(run.Run.Folder, run.Cohort, run.Run.SplitParts) is { Lesions: > 0 } froc
                    ? [FrocPlot.Of(froc, "tissue")]
                    : Array.Empty<ReportBlock>(),
                new Note(
                    $"Left the slide, right the heatmap over it; those with tumor first, then those of the highest score. {shown.Length} of {FigureText.Count(slides.Length, "slide")} {(shown.Length == 1 ? "is" : "are")} shown."
                ),
                .. ReportedSlides.Blocks(
                    shown,
                    [.. ordered.Skip(ReportedSlides.Most).Select(s => s.Row.Image)],
                    "the run's slides/"
                ),
            ]
        );
    }

    private static IEnumerable<ReportBlock> Table(RunFigures figures) =>
        [
            new Note(
                $"Of patients that no model saw in training: {string.Join(", ", figures.Counts.Select(c => $"{c.Count} {c.Key.Replace('_', ' ')}"))}. "
                    + "Isolated tumor cells are no lesions to be found. "
                    + (
                        figures.Counts.Any(c => c.Key == DetectionFigures.WithoutOutline)
                            ? "Slides with tumor that nobody outlined count for the area under the ROC curve of slides alone. "
                            : ""
                    )
                    + "Intervals of 95 % over patients."
            ),
            new Table(
                [new("Figure"), new("Value", Number: true), new("Interval", Number: true)],
                [
                    .. figures.Figures.Select(f =>
                        (IReadOnlyList<Cell>)
                            [Meaning(f.Key), FigureText.Number(f.Figure.Value), FigureText.Interval(f.Figure)]
                    ),
                ]
            ),
        ];

    private static string Meaning(string key) =>
        key switch
        {
            "slide_auc" => "area under the ROC curve of slides",
            "froc" => "FROC score of lesions",
            "sensitivity_at_8" => "share of lesions found at 8 false positives per slide",
            "heatmap_roughness" => "mean step of the heatmap from cell to cell inside tumor",
            _ => key.Replace('_', ' '),
        };

    private static MappedSlide Shown(TestedSlide slide)
    {
        var seen = ReportedSlides.Of(slide.Image, slide.Row.Image, slide.Files);
        return seen with
        {
            Truth = slide.Truth,
            Caption =
            [
                new Words(
                    $"patient {slide.Row.Patient}, {slide.Row.Label}: {slide.Row.Image}; score "
                        + $"{FigureText.Number(slide.Score)}, {FigureText.Count(slide.Detections, "detection")}"
                ),
                .. seen.Caption,
            ],
        };
    }

    private static IEnumerable<TestedSlide> Slides(ReportedRun run, ReportedPart part)
    {
        var rows = run.Cohort.Rows.ToDictionary(r => r.Image);
        var positive = part.Tested.Classes.ToList().IndexOf(part.Description.Positive!);
        foreach (var tested in part.Tested.Rows)
        {
            var row = rows[tested.Image];
            var files = TestFiles.Of(part.Folder, row);
            if (!File.Exists(files.Detections))
                continue;
            yield return new TestedSlide(row, files, run.Cohort.ImagePath(row), TestFiles.TruthOf(part.Folder, row))
            {
                Score = tested.Probabilities[positive],
                Detections = Detections.Read(files.Detections).Count,
            };
        }
    }

    private sealed record TestedSlide(CohortRow Row, SlideFiles Files, string Image, string? Truth)
    {
        public required double Score { get; init; }

        public required int Detections { get; init; }
    }
}
