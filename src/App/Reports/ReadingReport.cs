using System.Globalization;
using Coverslip.Evaluation.Readers;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Reports;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Reports;

/// <summary>What the machine's view did to its readers, as one HTML file.</summary>
internal static class ReadingReport
{
    /// <summary>The file's text.</summary>
    /// <param name="study">The study.</param>
    /// <param name="evaluation">Its figures.</param>
    /// <param name="source">The rows that they are of.</param>
    internal static string Text(ReadingStudy study, ReaderEvaluation evaluation, ReadingSource source) =>
        Page.Text(
            new Report(
                study.Simulated is null
                    ? $"A blind second opinion: {study.Name}"
                    : $"A simulated second opinion: {study.Name}",
                [Pooled(evaluation), Each(evaluation), Tests(evaluation), Source(study, evaluation, source)]
            )
            {
                Head =
                [
                    .. Simulated(study, evaluation) is { } simulated ? (ReportBlock[])[new Warning(simulated)] : [],
                    new ResultText(Result(evaluation)),
                    .. evaluation.Unfinished > 0
                        ? (ReportBlock[])
                            [
                                new Warning(
                                    $"{FigureText.Count(evaluation.Unfinished, "reading")} not finished: left out, and tests over readers and cases need all of them."
                                ),
                            ]
                        : [],
                    .. source.Beyond is { } beyond ? (ReportBlock[])[new Warning(beyond)] : [],
                ],
            }
        );

    /// <summary>The result in words.</summary>
    internal static string Result(ReaderEvaluation evaluation)
    {
        var pooled = evaluation.Pooled;
        var auc = pooled.Figures[ReaderFigure.Auc];
        var test = evaluation.Tests.GetValueOrDefault(ReaderFigure.Auc)?.ReadersAndCases;
        return $"{FigureText.Count(evaluation.Readers.Count, "reader")}, {FigureText.Count(pooled.Cases, "reading")}: mean AUC {FigureText.Number(auc.Before.Value)} alone, "
            + $"{FigureText.Number(auc.After.Value)} with the machine's view; gain {FigureText.WithInterval(auc.Gain)}"
            + (test is null ? "" : FormattableString.Invariant($", p = {test.P:0.0000}"))
            + $". {pooled.Helped} verdicts were changed to right, {pooled.Harmed} to wrong.";
    }

    /// <summary>What all readers together are called in tables.</summary>
    internal static string AllOf(ReadingStudy study) => study.Simulated is null ? "all" : "all simulated";

    /// <summary>That nobody read a study, and whether its gain was recovered; null of what people read.</summary>
    internal static string? Simulated(ReadingStudy study, ReaderEvaluation evaluation)
    {
        if (study.Simulated is not { } simulated)
            return null;
        string Holds(Estimate e) => e.Low <= simulated.Gain && simulated.Gain <= e.High ? "holds it" : "misses it";
        var test = evaluation.Tests.GetValueOrDefault(ReaderFigure.Auc)?.ReadersAndCases.Change;
        var bootstrap = evaluation.Pooled.Figures[ReaderFigure.Auc].Gain;
        return FormattableString.Invariant(
                $"Simulated: nobody read this. Readers of this kind have a mean AUC of {simulated.Auc} alone and gain {simulated.Gain} (seed {simulated.Seed}); "
            )
            + (
                test is null
                    ? "there is no test of it."
                    : $"the interval of Obuchowski and Rockette {Holds(test)}, {FigureText.WithInterval(test)}"
                        + (
                            bootstrap.Low is null
                                ? "."
                                : $"; that of the bootstrap {Holds(bootstrap)}, {FigureText.WithInterval(bootstrap)}."
                        )
            );
    }

    /// <summary>What a figure is called.</summary>
    internal static string NameOf(ReaderFigure figure) =>
        figure switch
        {
            ReaderFigure.Auc => "AUC",
            ReaderFigure.Jafroc => "lesions found (JAFROC)",
            ReaderFigure.Kappa => "kappa with the truth",
            ReaderFigure.Seconds => "median seconds to a case",
            ReaderFigure.ActiveSeconds => "the same without pauses",
            _ => figure.Key(),
        };

    private static ReportSection Pooled(ReaderEvaluation evaluation)
    {
        IReadOnlyList<Cell> Row(string name, FigureChange change) =>
            [name, .. new[] { change.Before, change.After, change.Gain }.Select(e => (Cell)FigureText.WithInterval(e))];
        // The second is time of its own; what it took longer or shorter than the first means nothing.
        IReadOnlyList<Cell> Times(string name, FigureChange change) =>
            [name, Time(change.Before), Time(change.After), FigureText.None];
        static string Time(Estimate e) =>
            e.Value is not { } seconds ? FigureText.None
            : e is { Low: { } low, High: { } high }
                ? $"{FigureText.Time(seconds)} ({FigureText.Time(low)} – {FigureText.Time(high)})"
            : FigureText.Time(seconds);
        return ReportSection.Of(
            "all",
            "All readers",
            new Note(
                "Means over readers. 95 % intervals by drawing readers and patients together (multi-reader multi-case bootstrap); those of agreement by drawing patients. Without pauses: the page is seen, and somebody has moved within the last minute."
            ),
            new Table(
                [
                    new("Figure"),
                    new("Alone", Number: true),
                    new("With the machine", Number: true),
                    new("Gain", Number: true),
                ],
                [
                    .. evaluation
                        .Pooled.Figures.Where(f => f.Value.Before.Value is not null)
                        .Select(f =>
                            f.Key.IsTime()
                                ? Times(
                                    f.Key == ReaderFigure.Seconds ? "median time to a case" : NameOf(f.Key),
                                    f.Value
                                )
                                : Row(NameOf(f.Key), f.Value)
                        ),
                    Row("agreement (Fleiss' kappa)", evaluation.Agreement),
                ]
            ),
            evaluation.Pooled.Figures[ReaderFigure.Jafroc].Before.Value is null
                ? new Note("No figure of lesions: the cohort has no annotations, or no case without lesions.")
                : null
        );
    }

    private static ReportSection Each(ReaderEvaluation evaluation)
    {
        PlotPoint[] points =
        [
            .. evaluation
                .Readers.Where(r => r.Figures[ReaderFigure.Auc] is { Before.Value: not null, After.Value: not null })
                .Select(r => new PlotPoint(
                    r.Figures[ReaderFigure.Auc].Before.Value!.Value,
                    r.Figures[ReaderFigure.Auc].After.Value!.Value,
                    r.Reader
                )),
        ];
        string Pair(ReaderResult r, ReaderFigure f) =>
            $"{FigureText.Number(r.Figures[f].Before.Value)} → {FigureText.Number(r.Figures[f].After.Value)}";
        string Seconds(Estimate e) => e.Value is { } s ? FigureText.Time(s) : FigureText.None;
        return ReportSection.Of(
            "readers",
            "Each reader",
            points.Length < 2
                ? null
                : new Plot(
                    "AUC of each reader",
                    "AUC with the machine's view against AUC alone, a point to a reader; above the dashed line the view helped.",
                    [
                        new PlotSeries("no gain", [new(Least(points), Least(points)), new(1, 1)], -1, PlotStyle.Dashed),
                        new PlotSeries("readers", points, 0, PlotStyle.Points),
                    ]
                )
                {
                    Captioned = true,
                    XLabel = "AUC alone",
                    YLabel = "AUC with the machine",
                    XRange = (Least(points), 1),
                    YRange = (Least(points), 1),
                },
            new Table(
                [
                    new("Reader"),
                    new("Cases", Number: true),
                    new("AUC", Number: true),
                    new("Gain (95 %)", Number: true),
                    new("Sensitivity", Number: true),
                    new("Specificity", Number: true),
                    new("JAFROC", Number: true),
                    new("Kappa", Number: true),
                    new("Helped", Number: true),
                    new("Harmed", Number: true),
                    new("Time", Number: true),
                ],
                [
                    .. evaluation.Readers.Select(r =>
                        (IReadOnlyList<Cell>)
                            [
                                r.Reader!,
                                r.Cases.ToString(CultureInfo.InvariantCulture),
                                Pair(r, ReaderFigure.Auc),
                                FigureText.WithInterval(r.Figures[ReaderFigure.Auc].Gain),
                                Pair(r, ReaderFigure.Sensitivity),
                                Pair(r, ReaderFigure.Specificity),
                                Pair(r, ReaderFigure.Jafroc),
                                Pair(r, ReaderFigure.Kappa),
                                r.Helped.ToString(CultureInfo.InvariantCulture),
                                r.Harmed.ToString(CultureInfo.InvariantCulture),
                                $"{Seconds(r.Figures[ReaderFigure.Seconds].Before)} + {Seconds(r.Figures[ReaderFigure.Seconds].After)}",
                            ]
                    ),
                ]
            ),
            new Note(
                "Alone → with the machine's view. Intervals by drawing patients. Helped: wrong alone, right with the view; harmed: the other way round. Time: median to the first verdict, and from the machine's view to the second; pauses included."
            )
        );
    }

    private static double Least(PlotPoint[] points) =>
        Math.Max(0, Math.Floor(10 * points.Min(p => Math.Min(p.X, p.Y)) - 0.5) / 10);

    private static ReportSection Tests(ReaderEvaluation evaluation)
    {
        IEnumerable<IReadOnlyList<Cell>> Rows(ReaderFigure figure, ObuchowskiRockette test)
        {
            IReadOnlyList<Cell> Row(string of, ReaderTest t) =>
                [
                    NameOf(figure),
                    of,
                    FigureText.WithInterval(t.Change),
                    t.StandardError.ToString("0.0000", CultureInfo.InvariantCulture),
                    t.Df?.ToString("0.00", CultureInfo.InvariantCulture) ?? "∞",
                    t.P.ToString("0.0000", CultureInfo.InvariantCulture),
                ];
            yield return Row("readers and cases like these", test.ReadersAndCases);
            yield return Row("these readers, cases like these", test.Cases);
            yield return Row("readers like these, these cases", test.Readers);
        }
        return ReportSection.Of(
            "tests",
            "Tests of the gain",
            new Note(
                "Obuchowski & Rockette (1995) with the degrees of freedom of Hillis (2007); covariances by leaving out one patient after the other"
                    + (
                        evaluation.Options.Covariance == CovarianceMethod.DeLong
                            ? ", of AUCs by DeLong's placements."
                            : "."
                    )
            ),
            evaluation.Tests.Count == 0
                ? null
                : new Table(
                    [
                        new("Figure"),
                        new("Holds for"),
                        new("Gain (95 %)", Number: true),
                        new("Standard error", Number: true),
                        new("df", Number: true),
                        new("p", Number: true),
                    ],
                    [.. evaluation.Tests.SelectMany(t => Rows(t.Key, t.Value))]
                ),
            evaluation.Untested.Count == 0
                ? null
                : new Paragraph(
                    "Not tested: "
                        + string.Join("; ", evaluation.Untested.Select(u => $"{NameOf(u.Key)}: {u.Value}"))
                        + "."
                )
        );
    }

    private static ReportSection Source(ReadingStudy study, ReaderEvaluation evaluation, ReadingSource source) =>
        ReportSection.Of(
            "source",
            "What it was made of",
            new Table(
                [new("What"), new("Which")],
                [
                    [
                        study.Simulated is not null ? "simulated cases"
                        : study.Pictures ? "pictures"
                        : "slides",
                        $"{study.Cases.Count} of {evaluation.Patients} patients; {study.Positive} is looked for",
                    ],
                    ["model", new Words(study.Model, WordStyle.Code)],
                    ["rows", $"{source.Rows}, each follows the one before"],
                    ["last hash", new Words(source.Head, WordStyle.Code)],
                ]
            )
        );
}

/// <summary>The rows that a report is of.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Head">The hash of the last.</param>
internal sealed record ReadingSource(long Rows, string Head)
{
    /// <summary>Marks beyond the slide that they were set on.</summary>
    internal int MarksBeyond { get; init; }

    /// <summary>That there are such, in words; null where there are none.</summary>
    internal string? Beyond =>
        MarksBeyond == 0
            ? null
            : $"{FigureText.Count(MarksBeyond, "mark")} {(MarksBeyond == 1 ? "lies" : "lie")} beyond the annotated slide, where no page sets one: counted as false {(MarksBeyond == 1 ? "mark" : "marks")}.";
}
