using System.Xml.Linq;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.App.Reports;

/// <summary>The unseen slides of a run of tumor detection: what they are worth, and heatmaps beside the truth.</summary>
internal static class SlideSections
{
    private const int MostSlides = 24;

    /// <summary>Null for a run that tested no slides.</summary>
    public static XElement? Of(ReportedRun run)
    {
        if (DetectionFigures.OfRun(run.Folder, run.Cohort, run.First.Parts) is not { } figures)
            return null;
        var slides = run.Parts.SelectMany(part => Slides(run, part)).ToArray();
        // Slides with tumor first, of each kind the surest.
        var shown = slides
            .OrderByDescending(s => s.Truth is not null)
            .ThenByDescending(s => s.Score)
            .Take(MostSlides)
            .ToArray();
        return Html.Section(
            "slides",
            "Unseen slides",
            Html.Note(
                $"Of patients that no model saw in training: {string.Join(", ", figures.Counts.Select(c => $"{c.Count} {c.Key}"))}. "
                    + "Isolated tumor cells are no lesions to be found. Intervals of 95 % over patients."
            ),
            Html.Table(
                [new("Figure"), new("Value", Number: true), new("Interval", Number: true)],
                figures.Figures.Select(f =>
                    new object?[] { Meaning(f.Key), Figure.Number(f.Figure.Value), Figure.Interval(f.Figure) }
                )
            ),
            Html.Note(
                "Left the slide with the true outline of tumor, where it has any; right the heatmap over it: blue 0, yellow "
                    + "one half, red 1."
                    + (slides.Length > shown.Length ? $" {shown.Length} of {slides.Length} slides are shown." : "")
            ),
            Html.Tag("div", Html.Class("pictures slides"), shown.Select(Picture))
        );
    }

    private static string Meaning(string key) =>
        key switch
        {
            "slide_auc" => "area under the ROC curve of slides",
            "froc" => "FROC score of lesions",
            "sensitivity_at_8" => "share of lesions found at 8 false positives per slide",
            _ => key.Replace('_', ' '),
        };

    private static XElement Picture(TestedSlide slide) =>
        Html.Tag(
            "figure",
            Html.Tag(
                "div",
                Html.Class("pair"),
                Thumbnail.Outlined(
                    slide.Image,
                    slide.Truth,
                    slide.Truth is null ? $"slide {slide.Row.Image}" : $"slide {slide.Row.Image}, tumor outlined"
                ),
                Thumbnail.Of(slide.Files.Overlay, $"heatmap of {slide.Row.Image}")
            ),
            Html.Tag(
                "figcaption",
                $"patient {slide.Row.Patient}, {slide.Row.Label}: {slide.Row.Image}; score {Figure.Number(slide.Score)}, "
                    + Figure.Count(slide.Detections, "detection")
            )
        );

    private static IEnumerable<TestedSlide> Slides(ReportedRun run, ReportedPart part)
    {
        var rows = run.Cohort.Rows.ToDictionary(r => r.Image);
        var positive = part.Tested.Classes.ToList().IndexOf(part.Description.Positive!);
        foreach (var tested in part.Tested.Rows)
        {
            var row = rows[tested.Image];
            var files = TestFiles.Of(part.Folder, row);
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
