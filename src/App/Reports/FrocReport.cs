using System.Globalization;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;

namespace Coverslip.App.Reports;

/// <summary>Detections of one slide with the lesions that they are judged by.</summary>
/// <param name="Slide">How they were judged.</param>
/// <param name="Detections">Where they are.</param>
/// <param name="Lesions">Null of a slide without.</param>
internal sealed record FrocCase(FrocSlide Slide, Detections Detections, LesionMap? Lesions);

/// <summary>
/// What detections are worth, as one HTML file: figures, the FROC curve above that of random places, every lesion with what found it,
/// and the detections.
/// </summary>
internal static class FrocReport
{
    private const int MostDetections = 1000;

    /// <summary>The file's text.</summary>
    /// <param name="evaluation">The figures.</param>
    /// <param name="cases">The slides that they are of, in their order.</param>
    /// <param name="within">Where random places lie: tissue or slide.</param>
    internal static string Text(FrocEvaluation evaluation, IReadOnlyList<FrocCase> cases, string within) =>
        Page.Text(
            new Report(
                "Detections of lesions",
                [Figures(evaluation, within), Curve(evaluation, within), Lesions(cases), Detected(cases)]
            )
            {
                Head = [new ResultText(Result(evaluation))],
            }
        );

    private static string Result(FrocEvaluation evaluation)
    {
        var slides = evaluation.Slides;
        return $"FROC score {FigureText.WithInterval(evaluation.Score)} over {FigureText.Count(slides.Count, "slide")} ({slides.Count(s => s.Normal)} without lesions) of "
            + $"{FigureText.Count(evaluation.Patients, "patient")} with {FigureText.Count(evaluation.Lesions, "lesion")}; random places score {FigureText.WithInterval(evaluation.Chance)}.";
    }

    private static ReportSection Figures(FrocEvaluation evaluation, string within)
    {
        var per = evaluation.Options.Counted == FrocSlides.All ? "slide" : "normal slide";
        (string Name, Estimate Figure)[] all =
        [
            ("FROC score", evaluation.Score),
            ($"the same of random places on the {within}", evaluation.Chance),
            .. Froc.Rates.Zip(
                evaluation.Sensitivities,
                (rate, found) => (FormattableString.Invariant($"sensitivity at {rate} per {per}"), found)
            ),
        ];
        return ReportSection.Of(
            "figures",
            "Figures",
            new Note(
                "The score of CAMELYON16: the mean sensitivity at 1/4, 1/2, 1, 2, 4 and 8 false positives per slide. Isolated tumor cells count neither way. 95 % intervals by drawing patients."
            ),
            new Table(
                [new("Figure"), new("Value", Number: true), new("95 % interval", Number: true)],
                [
                    .. all.Select(f =>
                        (IReadOnlyList<Cell>)[f.Name, FigureText.Number(f.Figure.Value), FigureText.Interval(f.Figure)]
                    ),
                ]
            )
        );
    }

    private static ReportSection Curve(FrocEvaluation evaluation, string within) =>
        ReportSection.Of("curve", "FROC curve", FrocPlot.Of(evaluation, within));

    private static ReportSection Lesions(IReadOnlyList<FrocCase> cases)
    {
        var lesions = cases.SelectMany(c =>
            c.Lesions is null ? [] : c.Lesions.Lesions.Select((lesion, i) => (Case: c, Lesion: lesion, Number: i))
        );
        return ReportSection.Of(
            "lesions",
            "Lesions",
            new Note(
                "With the most probable detection in each; missed ones first. A lesion is numbered on its slide from the top."
            ),
            new Table(
                [new("Slide"), new("Lesion", Number: true), new("mm²", Number: true), new("Found at", Number: true)],
                [
                    .. lesions
                        .OrderBy(l => l.Lesion.Isolated)
                        .ThenBy(l => l.Case.Slide.Lesions[l.Number])
                        .Select(l =>
                            (IReadOnlyList<Cell>)
                                [
                                    l.Case.Slide.Name,
                                    $"{l.Number + 1}",
                                    FigureText.Number(Area(l.Lesion, l.Case.Lesions!.Rules)),
                                    l.Lesion.Isolated ? "isolated tumor cells"
                                    : l.Case.Slide.Lesions[l.Number] is > 0 and var found ? FigureText.Number(found)
                                    : "missed",
                                ]
                        ),
                ]
            )
        );
    }

    private static double Area(Lesion lesion, LesionRules rules) =>
        lesion.Pixels * Math.Pow(rules.MicronsPerPixel * rules.Downsampling / 1000, 2);

    private static ReportSection Detected(IReadOnlyList<FrocCase> cases)
    {
        var all = cases
            .SelectMany(c => Enumerable.Range(0, c.Detections.Count).Select(i => (Case: c, Place: i)))
            .OrderByDescending(d => d.Case.Detections.Probabilities[d.Place])
            .ToArray();
        return ReportSection.Of(
            "detections",
            "Detections",
            new Note(
                "The most probable first; X and Y in pixels of level 0."
                    + (all.Length > MostDetections ? $" {MostDetections} of {all.Length} are listed." : "")
            ),
            new Table(
                [
                    new("Slide"),
                    new("Probability", Number: true),
                    new("X", Number: true),
                    new("Y", Number: true),
                    new(""),
                ],
                [.. all.Take(MostDetections).Select(d => Row(d.Case, d.Place))]
            )
        );
    }

    private static IReadOnlyList<Cell> Row(FrocCase of, int place)
    {
        var (found, hit) = (of.Detections, of.Slide.Hits[place]);
        static string Whole(double pixels) => pixels.ToString("0", CultureInfo.InvariantCulture);
        return
        [
            of.Slide.Name,
            FigureText.Number(found.Probabilities[place]),
            Whole(found.X[place]),
            Whole(found.Y[place]),
            hit == 0 ? new Words("false positive", WordStyle.Wrong)
            : of.Slide.IsolatedLesions[hit - 1] ? $"lesion {hit}, isolated tumor cells"
            : $"lesion {hit}",
        ];
    }
}
