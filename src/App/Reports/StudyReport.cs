using Coverslip.Evaluation;
using Coverslip.Evaluation.Metrics;
using Coverslip.Methods.Studies;

namespace Coverslip.App.Reports;

/// <summary><c>study.html</c>: a study's table and every part's figure, in one file that needs no network.</summary>
internal static class StudyReport
{
    internal static string Write(StudyRecipe study, IReadOnlyList<StudyRow> rows, string note, string path)
    {
        Column[] columns = [.. StudyTable.Heads(rows).Select((head, i) => new Column(head, Number: i > 1))];
        var parts = rows[0].Figures.Count;
        Column[] each =
        [
            new Column("model"),
            new Column("input"),
            .. Enumerable.Range(1, parts).Select(p => new Column($"part {p}", Number: true)),
        ];
        WholeFile.Write(
            path,
            Html.Document(
                study.Title,
                [
                    Html.Section(
                        "table",
                        study.Title,
                        Html.Table(columns, rows.Select(r => (IReadOnlyList<object?>)[.. StudyTable.CellsOf(r)])),
                        Html.Note(note)
                    ),
                    Html.Section(
                        "parts",
                        $"{study.Metric.Key().Replace('_', ' ')} of every part",
                        Html.Table(
                            each,
                            rows.SelectMany(r => r.ImageWise is { } leaky ? [r, leaky] : (StudyRow[])[r])
                                .Select(r =>
                                    (IReadOnlyList<object?>)
                                        [
                                            r.Run.Model,
                                            r.Run.Input + (r.Run.ImageWise ? ", image-wise (inflated)" : ""),
                                            .. r.Figures.Select(f =>
                                                f is { } value ? FormattableString.Invariant($"{value:0.000}") : "–"
                                            ),
                                        ]
                                )
                        )
                    ),
                ]
            )
        );
        return path;
    }
}
