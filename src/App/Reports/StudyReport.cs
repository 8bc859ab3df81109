using System.Xml.Linq;
using Coverslip.Evaluation;
using Coverslip.Evaluation.Metrics;
using Coverslip.Methods.Studies;

namespace Coverslip.App.Reports;

/// <summary><c>study.html</c>: a study's tables and every part's figure, in one file that needs no network.</summary>
internal static class StudyReport
{
    internal static string Write(StudyOutcome outcome, string path)
    {
        var title = outcome.Study.Title;
        WholeFile.Write(
            path,
            Html.Document(
                title,
                [
                    .. outcome.Groups.Count > 1 ? [SideBySide(outcome)] : Array.Empty<XElement>(),
                    .. outcome.Groups.SelectMany(g => SectionsOf(outcome, g.Name, g.Rows)),
                ]
            )
        );
        return path;
    }

    private static XElement SideBySide(StudyOutcome outcome)
    {
        var lines = StudyTable.SideBySide(outcome);
        return Html.Section(
            "groups",
            outcome.Study.Title,
            Html.Table(
                [.. lines[0].Select((head, i) => new Column(head, Number: i > 1))],
                lines.Skip(1).Select(l => (IReadOnlyList<object?>)[.. l])
            )
        );
    }

    private static IEnumerable<XElement> SectionsOf(StudyOutcome outcome, string group, IReadOnlyList<StudyRow> rows)
    {
        Column[] each =
        [
            new Column("model"),
            new Column("input"),
            .. Enumerable.Range(1, rows[0].Figures.Count).Select(p => new Column($"part {p}", Number: true)),
        ];
        yield return Html.Section(
            $"table{group}",
            outcome.HeadingOf(group),
            Html.Table(
                [.. StudyTable.Heads(rows).Select((head, i) => new Column(head, Number: i > 1))],
                rows.Select(r => (IReadOnlyList<object?>)[.. StudyTable.CellsOf(r)])
            ),
            Html.Note(StudyTable.NoteOf(outcome))
        );
        if (StudyTable.Unseen(rows) is { Count: > 0 } unseen)
            yield return Html.Section(
                $"unseen{group}",
                "On unseen slides",
                Html.Table(
                    [.. unseen[0].Select((head, i) => new Column(head, Number: i > 0))],
                    unseen.Skip(1).Select(l => (IReadOnlyList<object?>)[.. l])
                ),
                Html.Note(StudyTable.UnseenNote)
            );
        yield return Html.Section(
            $"parts{group}",
            $"{outcome.Study.Metric.Key().Replace('_', ' ')} of every part",
            Html.Table(
                each,
                rows.SelectMany(r => r.ImageWise is { } leaky ? [r, leaky] : (StudyRow[])[r]).Select(PartsOf)
            )
        );
    }

    private static IReadOnlyList<object?> PartsOf(StudyRow row) =>
        [
            row.Run.Model,
            row.Run.Input + (row.Run.ImageWise ? ", image-wise (inflated)" : ""),
            .. row.Figures.Select(f => f is { } value ? FormattableString.Invariant($"{value:0.000}") : "–"),
        ];
}
