using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>Images whose label the run's own unseen predictions contradict, in the report of every method that names classes.</summary>
public static class ContradictedSection
{
    private const int MostShown = 24;

    /// <summary>The page with the section behind where the model errs, or at its end.</summary>
    public static Report Added(Report page, FinishedRun run, Contradictions found)
    {
        var place = page
            .Sections.Index()
            .FirstOrDefault(s => s.Item.Id == "wrong", (Index: page.Sections.Count - 1, null!))
            .Index;
        return page with
        {
            Sections = [.. page.Sections.Take(place + 1), Of(run, found), .. page.Sections.Skip(place + 1)],
        };
    }

    private static ReportSection Of(FinishedRun run, Contradictions found)
    {
        var rows = run.Cohort.Rows.ToDictionary(r => r.Image);
        return ReportSection.Of(
            "contradicted",
            "Labels that predictions contradict",
            new Note(
                $"Of {FigureText.Count(found.Judged, found.Thing)} that a model judged which had not learned from them, those of which it is more confident that they are of another class "
                    + "than it is on average of those with that label (confident learning, Northcutt et al. 2021), the strongest first. The label is wrong, or the model: "
                    + $"whoever looks decides, and corrects the row that is named. All of them stand in {Contradictions.FileName}."
                    + (
                        found.Unjudged > 0
                            ? $" {FigureText.Count(found.Unjudged, found.Thing)} were judged by no such model; several folds (split.folds) judge all."
                            : ""
                    )
            ),
            found.Found.Count == 0
                ? new Paragraph("No label is contradicted.")
                : new Pictures([.. found.Found.Take(MostShown).Select(c => Shown(run.Cohort, rows, c, found))])
        );
    }

    private static CaptionedPicture Shown(
        Cohort cohort,
        Dictionary<string, CohortRow> rows,
        ContradictedLabel one,
        Contradictions found
    ) =>
        new(
            rows.TryGetValue(one.Row.Image, out var row)
                ? [new Picture(cohort.ImagePath(row), $"{found.Thing} {one.Row.Image}")]
                : [],
            [
                new Words($"labeled {one.Label}, judged {one.Says}", WordStyle.Wrong),
                new Words(
                    $"{FigureText.Percent(one.OfSaid)} {one.Says} (mean of those labeled so: {FigureText.Percent(one.Bound)})"
                ),
                new Words($"patient {one.Row.Patient}, {found.JudgedBy(one.Row.Image)}"),
                new Words($"label from {found.LabelFrom(one.Row.Image)}"),
                new Words(one.Row.Image),
            ]
        );
}
