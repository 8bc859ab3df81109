using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>Figures of findings as rows of text, for the terminal and for reports.</summary>
public static class FindingTables
{
    /// <summary>Heads of the rows of an evaluation.</summary>
    public static IReadOnlyList<string> Heads { get; } =
    ["finding", "images", "patients", "AUC", "sensitivity", "specificity"];

    /// <summary>Heads of the rows of where findings are seen.</summary>
    public static IReadOnlyList<string> LocationHeads { get; } = ["finding", "images", "hit rate", "IoU"];

    /// <summary>A row per finding, and their mean.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Rows(FindingEvaluation evaluation) =>
        [
            .. evaluation.Findings.Select(f =>
                (IReadOnlyList<string>)
                    [
                        f.Finding,
                        $"{f.Images}",
                        $"{f.Patients}",
                        FigureText.WithInterval(f.Auc),
                        FigureText.WithInterval(f.Sensitivity),
                        FigureText.WithInterval(f.Specificity),
                    ]
            ),
            ["mean", "", "", FigureText.WithInterval(evaluation.MeanAuc), "", ""],
        ];

    /// <summary>A row per finding.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Rows(IReadOnlyList<LocalisationFigures> figures) =>
        [
            .. figures.Select(f =>
                (IReadOnlyList<string>)
                    [f.Finding, $"{f.Images}", FigureText.WithInterval(f.HitRate), FigureText.WithInterval(f.Overlap)]
            ),
        ];

    /// <summary>What was judged, and the table, for the terminal.</summary>
    public static IEnumerable<string> Lines(FindingEvaluation evaluation) =>
        [
            $"{evaluation.Images} images of {evaluation.Patients} patients; 95 % intervals over patients",
            .. TextTable.Lines(Heads, Rows(evaluation)),
        ];
}
