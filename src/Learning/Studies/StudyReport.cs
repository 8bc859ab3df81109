using Coverslip.Learning.Reports;

namespace Coverslip.Learning.Studies;

/// <summary>A study's tables and every part's figure as a report.</summary>
public static class StudyReport
{
    /// <summary>The page.</summary>
    /// <param name="outcome">What was found.</param>
    /// <param name="further">Sections that follow the tables, such as maps.</param>
    public static Report Of(StudyOutcome outcome, params IEnumerable<ReportSection> further) =>
        new(
            outcome.Study.Title,
            [
                .. outcome.Groups.Count > 1
                    ?
                    [
                        new ReportSection(
                            "groups",
                            "Side by side",
                            [Table.OfLines(StudyTable.SideBySide(outcome), text: 2)]
                        ),
                    ]
                    : Array.Empty<ReportSection>(),
                .. outcome.Groups.SelectMany(g => SectionsOf(outcome, g.Name, g.Rows)),
                .. outcome.External is { } external ? [external.Section] : Array.Empty<ReportSection>(),
                .. further,
            ]
        );

    private static IEnumerable<ReportSection> SectionsOf(
        StudyOutcome outcome,
        string group,
        IReadOnlyList<StudyRow> rows
    )
    {
        var table = Table.OfLines(StudyTable.Lines(rows), text: 2);
        Note[] verdict = StudyVerdict.Of(outcome.Study, rows) is { } line ? [new Note(line)] : [];
        yield return new ReportSection(
            $"table{group}",
            group.Length > 0 ? outcome.HeadingOf(group) : "Models",
            [table, .. verdict, new Note(StudyTable.NoteOf(outcome))]
        );
        if (StudyTable.Unseen(rows) is { Count: > 0 } unseen)
            yield return ReportSection.Of(
                $"unseen{group}",
                "On unseen patients",
                Table.OfLines(unseen, text: 1),
                new Note(StudyTable.UnseenNote)
            );
        if (StudyCurveSection.Of(outcome.Study, rows, group) is { } curve)
            yield return curve;
        if (StudyDifferences.Lines(outcome.Study, rows) is { Count: > 0 } lines)
            yield return ReportSection.Of(
                $"differences{group}",
                "Figures and differences",
                Table.OfLines(lines, text: 2),
                new Note(StudyDifferences.NoteOf(outcome.Study))
            );
        string[] heads = ["model", "input", .. Enumerable.Range(1, rows[0].Figures.Count).Select(p => $"part {p}")];
        yield return ReportSection.Of(
            $"parts{group}",
            $"{outcome.Study.Figure.Words} of every part",
            Table.OfLines(
                [
                    heads,
                    .. rows.SelectMany(r => r.ImageWise is { } leaky ? [r, leaky] : (StudyRow[])[r]).Select(PartsOf),
                ],
                text: 2
            )
        );
    }

    private static IReadOnlyList<string> PartsOf(StudyRow row) =>
        [
            row.Run.Model,
            row.InputWords + (row.Run.ImageWise ? ", image-wise (inflated)" : ""),
            .. row.Figures.Select(FigureText.Number),
        ];
}
