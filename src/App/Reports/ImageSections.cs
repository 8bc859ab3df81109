using System.Xml.Linq;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.App.Reports;

/// <summary>Images of the cohort: some with their masks, and the most wrong ones.</summary>
internal static class ImageSections
{
    private const int MostExamples = 8;
    private const int MostWrong = 12;

    /// <summary>Test images beside what their masks leave of them; null for a run without masks.</summary>
    public static XElement? Masks(ReportedRun run, Func<CohortRow, string?>? maskOf)
    {
        if (maskOf is null)
            return null;
        var tested = run.Tested.Rows.Select(r => r.Image).ToHashSet();
        var masked = run
            .Cohort.Rows.Where(r => tested.Contains(r.Image))
            .Select(row => (Row: row, Mask: maskOf(row)))
            .ToArray();
        var without = masked.Count(m => m.Mask is null);
        var (empty, images) = (run.First.EmptyMasks, run.First.Images);
        var examples = Examples([.. masked.Where(m => m.Mask is not null).Select(m => m.Row)]);
        return Html.Section(
            "masks",
            "Masks",
            Html.Paragraph(
                $"{empty} of {Figure.Count(images, "image")} "
                    + $"({Figure.Percent((double)empty / Math.Max(images, 1))}) "
                    + $"have a mask without any valid area."
                    + (without > 0 ? $" {without} of {masked.Length} test images have no mask." : "")
            ),
            Html.Note(
                "Test images of different patients; beside each, "
                    + "what its mask leaves: pale and gray is masked out."
            ),
            Html.Tag(
                "div",
                Html.Class("pictures pairs"),
                examples.Select(row =>
                    Html.Tag(
                        "figure",
                        Html.Tag(
                            "div",
                            Html.Class("pair"),
                            Thumbnail.Of(run.Cohort.ImagePath(row), $"{run.Thing} {row.Image}"),
                            Thumbnail.Masked(
                                run.Cohort.ImagePath(row),
                                maskOf(row)!,
                                $"the same with masked regions dimmed"
                            )
                        ),
                        Html.Tag("figcaption", $"patient {row.Patient}, {row.Label}: {row.Image}")
                    )
                )
            )
        );
    }

    /// <summary>The images whose wrong class was given the greatest probability.</summary>
    public static XElement Wrong(ReportedRun run)
    {
        var wrong = run.Tested.Rows.Where(r => r.Predicted != r.Label).ToArray();
        if (wrong.Length == 0)
            return Html.Section(
                "wrong",
                $"Most wrong {run.Thing}s",
                Html.Paragraph($"No test {run.Thing} was classified wrongly.")
            );
        var worst = wrong
            .OrderByDescending(r => Probability(run, r))
            .DistinctBy(r => r.Image)
            .Take(MostWrong)
            .ToArray();
        var rows = run.Cohort.Rows.ToDictionary(r => r.Image);
        var all = wrong.DistinctBy(r => r.Image).Count();
        return Html.Section(
            "wrong",
            $"Most wrong {run.Thing}s",
            Html.Note(
                (
                    all > worst.Length
                        ? $"{all} {run.Thing}s were classified wrongly; "
                            + $"these are the {worst.Length} that the model was surest about."
                        : $"All {run.Thing}s that were classified wrongly, first those that the model was surest about."
                ) + " Look for what they share: blur, ink, a stain, a patient, or a label that should be checked."
            ),
            Html.Tag(
                "div",
                Html.Class("pictures"),
                worst.Select(row =>
                    Html.Tag(
                        "figure",
                        Thumbnail.Of(run.Cohort.ImagePath(rows[row.Image]), $"{run.Thing} {row.Image}"),
                        Html.Tag(
                            "figcaption",
                            Html.Tag("span", Html.Class("wrong"), Called(run, row)),
                            Html.Tag("br"),
                            $"true: {row.Label}",
                            Html.Tag("br"),
                            $"patient {row.Patient}",
                            Html.Tag("br"),
                            row.Image
                        )
                    )
                )
            )
        );
    }

    private static string Called(ReportedRun run, Prediction row) =>
        run.Tested.Classes.Count == 0
            ? $"predicted: {row.Predicted}"
            : $"predicted: {row.Predicted}, {Figure.Percent(Probability(run, row))}";

    /// <summary>The probability given to the predicted class; 1 where there are none.</summary>
    private static double Probability(ReportedRun run, Prediction row)
    {
        for (var c = 0; c < run.Tested.Classes.Count; c++)
            if (run.Tested.Classes[c] == row.Predicted)
                return row.Probabilities[c];
        return 1;
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
