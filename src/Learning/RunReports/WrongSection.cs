using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>Where the model errs most.</summary>
internal static class WrongSection
{
    private const int MostWrong = 12;

    /// <summary>The images whose wrong class was given the greatest probability.</summary>
    internal static ReportSection Of(ReportedRun run)
    {
        var wrong = run.Tested.Rows.Where(r => r.Predicted != r.Label).ToArray();
        if (wrong.Length == 0)
            return ReportSection.Of(
                "wrong",
                $"Most wrong {run.Thing}s",
                new Paragraph($"No test {run.Thing} was classified wrongly.")
            );
        var worst = wrong
            .OrderByDescending(r => Probability(run, r))
            .DistinctBy(r => r.Image)
            .Take(MostWrong)
            .ToArray();
        var rows = run.Cohort.Rows.ToDictionary(r => r.Image);
        var all = wrong.DistinctBy(r => r.Image).Count();
        return ReportSection.Of(
            "wrong",
            $"Most wrong {run.Thing}s",
            new Note(
                (
                    all > worst.Length
                        ? $"{all} {run.Thing}s were classified wrongly; "
                            + $"these are the {worst.Length} that the model was surest about."
                        : $"All {run.Thing}s that were classified wrongly, first those that the model was surest about."
                ) + " Look for what they share: blur, ink, a stain, a patient, or a label that should be checked."
            ),
            new Pictures([.. worst.Select(row => Shown(run, row, run.Cohort.ImagePath(rows[row.Image])))])
        );
    }

    private static CaptionedPicture Shown(ReportedRun run, Prediction row, string file) =>
        new(
            [new Picture(file, $"{run.Thing} {row.Image}")],
            [
                new Words(Called(run, row), WordStyle.Wrong),
                new Words($"true: {row.Label}"),
                new Words($"patient {row.Patient}"),
                new Words(row.Image),
            ]
        );

    private static string Called(ReportedRun run, Prediction row) =>
        run.Tested.Classes.Count == 0
            ? $"predicted: {row.Predicted}"
            : $"predicted: {row.Predicted}, {FigureText.Percent(Probability(run, row))}";

    /// <summary>The probability given to the predicted class; 1 where there are none.</summary>
    private static double Probability(ReportedRun run, Prediction row)
    {
        for (var c = 0; c < run.Tested.Classes.Count; c++)
            if (run.Tested.Classes[c] == row.Predicted)
                return row.Probabilities[c];
        return 1;
    }
}
