using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.App.Commands;

/// <summary>Figures of findings as rows of text, for the terminal and for reports.</summary>
internal static class FindingTables
{
    internal static readonly string[] Heads = ["finding", "images", "patients", "AUC", "sensitivity", "specificity"];

    internal static readonly string[] LocationHeads = ["finding", "images", "hit rate", "IoU"];

    internal static IReadOnlyList<IReadOnlyList<string>> Rows(FindingEvaluation evaluation) =>
        [
            .. evaluation.Findings.Select(f =>
                (IReadOnlyList<string>)
                    [
                        f.Finding,
                        $"{f.Images}",
                        $"{f.Patients}",
                        EvaluateCommand.Text(f.Auc),
                        EvaluateCommand.Text(f.Sensitivity),
                        EvaluateCommand.Text(f.Specificity),
                    ]
            ),
            ["mean", "", "", EvaluateCommand.Text(evaluation.MeanAuc), "", ""],
        ];

    internal static IReadOnlyList<IReadOnlyList<string>> Rows(IReadOnlyList<LocalisationFigures> figures) =>
        [
            .. figures.Select(f =>
                (IReadOnlyList<string>)
                    [f.Finding, $"{f.Images}", EvaluateCommand.Text(f.HitRate), EvaluateCommand.Text(f.Overlap)]
            ),
        ];

    internal static void Print(FindingEvaluation evaluation)
    {
        Console.WriteLine(
            $"{evaluation.Images} images of {evaluation.Patients} patients; 95 % intervals over patients"
        );
        Print(Heads, Rows(evaluation));
    }

    internal static void Print(IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = heads.Select((h, c) => Math.Max(h.Length, rows.Max(r => r[c].Length))).ToArray();
        foreach (var row in rows.Prepend(heads))
            Console.WriteLine(string.Join("  ", row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd());
    }
}
