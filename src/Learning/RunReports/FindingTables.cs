using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>Figures of findings as tables, for the terminal and for reports.</summary>
public static class FindingTables
{
    /// <summary>A row per finding, and their mean.</summary>
    public static Table Of(FindingEvaluation evaluation) =>
        Table.OfLines(
            [
                ["finding", "images", "patients", "AUC", "sensitivity", "specificity"],
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
                [
                    "mean",
                    "",
                    "",
                    FigureText.WithInterval(evaluation.MeanAuc),
                    FigureText.WithInterval(evaluation.MeanSensitivity),
                    FigureText.WithInterval(evaluation.MeanSpecificity),
                ],
            ],
            text: 1
        );

    /// <summary>Where findings are seen, a row per finding.</summary>
    public static Table Of(IReadOnlyList<LocalisationFigures> figures) =>
        Table.OfLines(
            [
                ["finding", "images", "hit rate", "IoU"],
                .. figures.Select(f =>
                    (IReadOnlyList<string>)
                        [
                            f.Finding,
                            $"{f.Images}",
                            FigureText.WithInterval(f.HitRate),
                            FigureText.WithInterval(f.Overlap),
                        ]
                ),
            ],
            text: 1
        );

    /// <summary>What was judged, and the table, for the terminal.</summary>
    public static IEnumerable<ReportBlock> Told(FindingEvaluation evaluation) =>
        [
            new Paragraph(
                $"{evaluation.Images} images of {evaluation.Patients} patients; 95 % intervals over patients"
            ),
            Of(evaluation),
        ];
}
