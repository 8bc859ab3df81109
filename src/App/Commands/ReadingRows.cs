using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Readers;
using Coverslip.Files;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Annotations;
using Coverslip.Viewer.Readings;

namespace Coverslip.App.Commands;

/// <summary>A study's rows as readings of cases, judged by the cohort's labels and annotations.</summary>
internal sealed class ReadingRows
{
    private readonly ReadingStudy study;
    private readonly LesionMap?[] lesions;

    // By reader and case: the row of each kind, of openings the last before the first verdict.
    private readonly Dictionary<(string Reader, string Slide), Dictionary<string, ActionRow>> rows = [];

    private ReadingRows(ReadingStudy study, LesionMap?[] lesions) => (this.study, this.lesions) = (study, lesions);

    /// <summary>Reads a study.</summary>
    /// <exception cref="InvalidDataException">Its annotations are not those that it was made with.</exception>
    internal static async Task<ReaderStudy> ReadAsync(ReadingLog log, ReadingStudy study)
    {
        var all = new ReadingRows(study, Lesions(study));
        await foreach (var row in log.RowsAsync())
            all.Add(row);
        return all.Judge();
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
                    (c, i) => new ReaderCase(c.Image, c.Patient, c.Truth, c.Truth == study.Positive, Counted(i).Length)
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
        var marks = post.Marks ?? [];
        var judged = FrocSlide.Of(
            study.Cases[i].Image,
            new Detections(
                $"marks of {row.Who}",
                [.. marks.Select(m => (double)m.Confidence)],
                [.. marks.Select(m => m.X)],
                [.. marks.Select(m => m.Y)]
            ),
            lesions[i]
        );
        return new Verdict(post.Class, post.Class == study.Positive, post.Confidence)
        {
            Found = [.. Counted(i).Select(l => judged.Lesions[l] > 0 ? judged.Lesions[l] : (double?)null)],
            FalseMark = judged.FalsePositives.Count > 0 ? judged.FalsePositives.Max() : null,
            Seconds = since is null ? null : (TimeOf(row) - TimeOf(since)).TotalSeconds,
        };
    }

    /// <summary>The lesions that have to be found: not isolated tumor cells.</summary>
    private int[] Counted(int i) =>
        [.. lesions[i]?.Lesions.Index().Where(l => !l.Item.Isolated).Select(l => l.Index) ?? []];

    private static DateTimeOffset TimeOf(ActionRow row) =>
        DateTimeOffset.Parse(row.At, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    private static LesionMap?[] Lesions(ReadingStudy study)
    {
        if (study.Cases.All(c => c.Annotation is null))
            return new LesionMap?[study.Cases.Count];
        var cohort = Cohort.Load(study.Cohort, CohortChecks.Table);
        var byImage = cohort.Rows.ToDictionary(r => r.Image);
        var classes = new AnnotationClasses { Tumor = study.TumorClasses };
        return
        [
            .. study.Cases.Select(c =>
            {
                if (c.Annotation is null)
                    return null;
                var row =
                    byImage.GetValueOrDefault(c.Image)
                    ?? throw new InvalidDataException($"{study.Cohort} names {c.Image} no longer; put its row back");
                var file = CohortSlides.AnnotationOf(cohort, row);
                if (file is null || FileContents.ReadWhole(file) != c.Annotation)
                    throw new InvalidDataException(
                        $"{c.Image}: its annotations ({file}) are not those that the study was made with; restore them"
                    );
                return AnnotatedCases.Lesions(cohort, row, classes);
            }),
        ];
    }
}
