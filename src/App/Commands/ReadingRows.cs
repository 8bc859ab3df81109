using System.Globalization;
using Coverslip.Evaluation.Readers;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary>A study's rows as readings of cases, judged by the cohort's labels, annotations and boxes.</summary>
internal sealed class ReadingRows
{
    private readonly ReadingStudy study;
    private readonly ReadingLesions[] lesions;

    // By reader and case: the row of each kind, of openings the last before the first verdict.
    private readonly Dictionary<(string Reader, string Slide), Dictionary<string, ActionRow>> rows = [];

    private int marksBeyond;

    private ReadingRows(ReadingStudy study, ReadingLesions[] lesions) => (this.study, this.lesions) = (study, lesions);

    /// <summary>Reads a study; with it, how many marks lie beyond the slide that they were set on.</summary>
    /// <exception cref="InvalidDataException">Its annotations are not those that it was made with.</exception>
    internal static async Task<(ReaderStudy Study, int MarksBeyond)> ReadAsync(ReadingLog log, ReadingStudy study)
    {
        var all = new ReadingRows(study, ReadingLesions.Of(study));
        await foreach (var row in log.RowsAsync())
            all.Add(row);
        return (all.Judge(), all.marksBeyond);
    }

    private void Add(ActionRow row)
    {
        if (row.Slide is null)
            return;
        var own = rows.TryGetValue((row.Who, row.Slide), out var known) ? known : rows[(row.Who, row.Slide)] = [];
        if (row.What != Actions.Opened || !own.ContainsKey(Actions.Verdict))
            if (row.What != Actions.Revealed || !own.ContainsKey(Actions.Revealed))
                own[row.What] = row;
    }

    private ReaderStudy Judge() =>
        new(
            [.. study.Readers.Select(r => r.Name)],
            [
                .. study.Cases.Select(
                    (c, i) => new ReaderCase(c.Image, c.Patient, c.Truth, c.Truth == study.Positive, lesions[i].Count)
                ),
            ],
            [.. study.Readers.Select(r => study.Cases.Select((c, i) => Of(r.Name, c, i)).ToList())]
        );

    private Reading? Of(string reader, ReadingCase read, int i)
    {
        if (rows.GetValueOrDefault((reader, read.Contents)) is not { } own)
            return null;
        return own.TryGetValue(Actions.Verdict, out var first) && own.TryGetValue(Actions.Final, out var second)
            ? new Reading(
                Of(first, own.GetValueOrDefault(Actions.Opened), i),
                Of(second, own.GetValueOrDefault(Actions.Revealed), i)
            )
            : null;
    }

    private Verdict Of(ActionRow row, ActionRow? since, int i)
    {
        var post = VerdictPost.Of(row);
        double? seconds = since is null ? null : (TimeOf(row) - TimeOf(since)).TotalSeconds;
        var marks = lesions[i].Judge(post.Marks ?? []);
        marksBeyond += marks.Beyond;
        return new Verdict(post.Class, post.Class == study.Positive, post.Confidence)
        {
            Found = marks.Found,
            FalseMark = marks.False,
            Seconds = seconds,
            ActiveSeconds = post.ActiveSeconds is { } active ? Math.Min(active, seconds ?? active) : null,
        };
    }

    private static DateTimeOffset TimeOf(ActionRow row) =>
        DateTimeOffset.Parse(row.At, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
