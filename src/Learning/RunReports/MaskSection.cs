using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>Test images beside what their masks leave of them.</summary>
internal static class MaskSection
{
    private const int MostExamples = 8;

    /// <summary>Null for a run without masks.</summary>
    internal static ReportSection? Of(ReportedRun run)
    {
        if (run.Run.MaskOf is not { } maskOf)
            return null;
        var tested = run.Tested.Rows.Select(r => r.Image).ToHashSet();
        var masked = run
            .Cohort.Rows.Where(r => tested.Contains(r.Image))
            .Select(row => (Row: row, Mask: maskOf(row)))
            .ToArray();
        var without = masked.Count(m => m.Mask is null);
        var (empty, images) = (run.MostEmptyMasks, run.First.Images);
        var examples = Examples([.. masked.Where(m => m.Mask is not null).Select(m => m.Row)]);
        return ReportSection.Of(
            "masks",
            "Masks",
            new Paragraph(
                $"{empty} of {FigureText.Count(images, "image")} "
                    + $"({FigureText.Percent((double)empty / Math.Max(images, 1))}) "
                    + $"have a mask without any valid area."
                    + (without > 0 ? $" {without} of {masked.Length} test images have no mask." : "")
            ),
            new Note(
                "Test images of different patients; beside each, "
                    + "what its mask leaves: pale and gray is masked out."
            ),
            new Pictures([.. examples.Select(row => Shown(run, row, maskOf(row)!))])
        );
    }

    private static CaptionedPicture Shown(ReportedRun run, CohortRow row, string mask)
    {
        var file = run.Cohort.ImagePath(row);
        return new CaptionedPicture(
            [
                new Picture(file, $"{run.Thing} {row.Image}"),
                new Picture(file, "the same with masked regions dimmed") { Mask = mask, View = MaskView.Dimmed },
            ],
            [new Words($"patient {row.Patient}, {row.Label}: {row.Image}")]
        );
    }

    /// <summary>Classes in turn, and of each class a patient again only after all of its others.</summary>
    private static IEnumerable<CohortRow> Examples(IReadOnlyList<CohortRow> rows) =>
        rows.GroupBy(r => r.Label)
            .SelectMany(label =>
                label
                    .GroupBy(r => r.Patient)
                    .SelectMany(patient => patient.Select((row, turn) => (Row: row, Turn: turn)))
                    .OrderBy(r => r.Turn)
                    .Select((r, place) => (r.Row, Place: place))
            )
            .OrderBy(r => r.Place)
            .ThenBy(r => r.Row.Label, StringComparer.Ordinal)
            .Take(MostExamples)
            .Select(r => r.Row);
}
