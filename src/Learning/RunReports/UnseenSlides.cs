using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Learning.RunReports;

/// <summary>What a run's unseen slides are worth, where they are outlined, and heatmaps beside the truth.</summary>
public static class UnseenSlides
{
    private const int MostSlides = 24;

    /// <summary>The section; null for a run that tested no slides.</summary>
    public static ReportSection? Of(ReportedRun run)
    {
        var slides = run.Parts.SelectMany(part => Slides(run, part)).ToArray();
        if (slides.Length == 0)
            return null;
        var figures = DetectionFigures.OfRun(run.Run.Folder, run.Cohort, run.Run.SplitParts);
        // Slides with tumor first, of each kind the surest.
        var shown = slides
            .OrderByDescending(s => s.Truth is not null)
            .ThenByDescending(s => s.Score)
            .Take(MostSlides)
            .ToArray();
        return ReportSection.Of(
            "slides",
            "Unseen slides",
            [
                .. figures is null ? [] : Table(figures),
                new Note(
                    "Left the slide with the true outline of tumor, where it has any; right the heatmap over it: blue 0, yellow "
                        + "one half, red 1."
                        + (slides.Length > shown.Length ? $" {shown.Length} of {slides.Length} slides are shown." : "")
                ),
                new Pictures([.. shown.Select(Shown)]),
            ]
        );
    }

    private static IEnumerable<ReportBlock> Table(RunFigures figures) =>
        [
            new Note(
                $"Of patients that no model saw in training: {string.Join(", ", figures.Counts.Select(c => $"{c.Count} {c.Key}"))}. "
                    + "Isolated tumor cells are no lesions to be found. Intervals of 95 % over patients."
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

    private static CaptionedPicture Shown(TestedSlide slide)
    {
        var seen = $"slide {slide.Row.Image}{(slide.Truth is null ? "" : ", tumor outlined")}";
        return new CaptionedPicture(
            [
                new Picture(slide.Image, seen) { Mask = slide.Truth },
                new Picture(slide.Files.Overlay, $"heatmap of {slide.Row.Image}"),
                .. File.Exists(slide.Files.Tiles)
                    ? (Picture[])[new(slide.Files.Tiles, $"patches of {slide.Row.Image} of most and of least weight")]
                    : [],
            ],
            [
                new Words(
                    $"patient {slide.Row.Patient}, {slide.Row.Label}: {slide.Row.Image}; score "
                        + $"{FigureText.Number(slide.Score)}, {FigureText.Count(slide.Detections, "detection")}"
                ),
            ]
        );
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
