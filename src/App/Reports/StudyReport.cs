using System.Xml.Linq;
using Coverslip.Files;
using Coverslip.Learning.Studies;

namespace Coverslip.App.Reports;

/// <summary><c>study.html</c>: a study's tables and every part's figure, in one file that needs no network.</summary>
internal static class StudyReport
{
    /// <param name="outcome">What was found.</param>
    /// <param name="path">Where to write.</param>
    /// <param name="further">Sections that follow the tables, such as maps.</param>
    internal static string Write(StudyOutcome outcome, string path, params IEnumerable<XElement> further)
    {
        var title = outcome.Study.Title;
        WholeFile.Write(
            path,
            Html.Document(
                title,
                [
                    .. outcome.Groups.Count > 1 ? [SideBySide(outcome)] : Array.Empty<XElement>(),
                    .. outcome.Groups.SelectMany(g => SectionsOf(outcome, g.Name, g.Rows)),
                    .. further,
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
                "On unseen patients",
                Html.Table(
                    [.. unseen[0].Select((head, i) => new Column(head, Number: i > 0))],
                    unseen.Skip(1).Select(l => (IReadOnlyList<object?>)[.. l])
                ),
                Html.Note(StudyTable.UnseenNote)
            );
        if (CurveSection.Of(outcome.Study, rows, group) is { } curve)
            yield return curve;
        if (StudyDifferences.Lines(outcome.Study, rows) is { Count: > 0 } lines)
            yield return Html.Section(
                $"differences{group}",
                "Figures and differences",
                Html.Table(
                    [.. lines[0].Select((head, i) => new Column(head, Number: i > 1))],
                    lines.Skip(1).Select(l => (IReadOnlyList<object?>)[.. l])
                ),
                Html.Note(StudyDifferences.NoteOf(outcome.Study))
            );
        yield return Html.Section(
            $"parts{group}",
            $"{outcome.Study.Figure.Words} of every part",
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
