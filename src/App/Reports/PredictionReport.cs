using Coverslip.Files;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Reports;

/// <summary>
/// <c>report.html</c> of a prediction: one file with pictures, classes, scores, thresholds and the nearest training cases,
/// which needs no network and no scripts.
/// </summary>
internal static class PredictionReport
{
    /// <summary>Cases that are shown with pictures: at about 15 KB a picture and five of them, 60 are 5 MB.</summary>
    internal const int MostShown = 60;

    /// <summary>Training cases beside each.</summary>
    internal const int NearShown = 3;

    private const string Noted = "note: ",
        Warned = "warning: ";

    /// <summary>Writes the page, whole or not at all; returns its path.</summary>
    /// <param name="folder">Where the table lies.</param>
    /// <param name="cases">What was predicted.</param>
    /// <param name="run">What predicted.</param>
    /// <param name="warnings">What was told on the way.</param>
    /// <param name="near">What the training cases are, or why there are none.</param>
    public static string Write(
        string folder,
        PredictedCases cases,
        (string Path, TrainedModel Model) run,
        IReadOnlyList<string> warnings,
        string near
    )
    {
        var path = Path.Combine(folder, "report.html");
        var called = cases.Scored && cases.All.All(c => c.Called.Length > 0) ? $": {cases.Called}" : "";
        var report = new Report(
            $"Predictions of {FigureText.Count(cases.All.Count, cases.Thing)}",
            [Cases(cases, near), .. cases.Sections, Facts(run, cases)]
        )
        {
            Head =
            [
                new ResultText($"{FigureText.Count(cases.All.Count, cases.Thing)}{called}."),
                .. warnings.Select(w =>
                    w.StartsWith(Noted, StringComparison.Ordinal)
                        ? (ReportBlock)new Note(w[Noted.Length..])
                        : new Warning(w.StartsWith(Warned, StringComparison.Ordinal) ? w[Warned.Length..] : w)
                ),
            ],
        };
        WholeFile.Write(path, Page.Text(report));
        return path;
    }

    private static ReportSection Cases(PredictedCases cases, string near)
    {
        var shown = cases.All.Take(MostShown).ToArray();
        var columns = shown.Length == 0 ? 0 : shown.Max(c => c.Near.Count);
        var left = cases.All.Count - shown.Length;
        return ReportSection.Of(
            "cases",
            $"Each {cases.Thing}",
            new Note(
                (
                    cases.Scored
                        ? $"First those with a note, then those whose score was nearest to being called otherwise. {cases.ScoreIs}"
                        : "First those with a note."
                )
                    + (
                        left > 0
                            ? $" Shown are {MostShown}; {FigureText.Count(left, $"more {cases.Thing}")} are in {cases.Table}."
                            : ""
                    )
            ),
            new Note(near),
            cases.Legend,
            new Table(
                [
                    .. cases.Columns,
                    .. Enumerable.Range(0, columns).Select(i => new Column(i == 0 ? "nearest training cases" : "")),
                ],
                [.. shown.Select(c => Row(cases, c, columns))]
            )
        );
    }

    private static Cell[] Row(PredictedCases cases, PredictedCase shown, int columns) =>
        [
            new CaptionedPicture(
                shown.Pictures,
                [new Words(shown.Name), .. shown.Notes.Select(n => new Words(n, WordStyle.Wrong))]
            ),
            .. cases.Cells(shown),
            .. shown.Near,
            .. Enumerable.Repeat((Cell)"", columns - shown.Near.Count),
        ];

    private static ReportSection Facts((string Path, TrainedModel Model) run, PredictedCases cases) =>
        ReportSection.Of(
            "facts",
            "How it was made",
            Table.OfLines(
                [
                    ["", ""],
                    ["run", run.Path],
                    ["classes", string.Join(", ", run.Model.Description.Classes)],
                    ["parts that predict", $"{run.Model.Parts.Count}"],
                    .. run.Model.Int8.Select(facts =>
                        (string[])
                            [
                                "over eight bits, when it was made",
                                string.Join("; ", ((string?[])[facts.Words, facts.SpeedWords]).OfType<string>()),
                            ]
                    ),
                    ["trained on the cohort", run.Model.Description.CohortHash],
                    ["program", $"Coverslip {ProgramVersion.Current}"],
                    ["all figures", cases.Table],
                ],
                text: 2
            )
        );
}
