using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.RunReports;

/// <summary>Where the model errs most.</summary>
internal static class WrongSection
{
    /// <summary>The images whose wrong class was given the greatest probability.</summary>
    internal static ReportSection Of(ReportedRun run)
    {
        var wrong = run.Tested.MostWrong.ToArray();
        if (wrong.Length == 0)
            return ReportSection.Of(
                "wrong",
                $"Most wrong {run.Thing}s",
                new Paragraph($"No test {run.Thing} was classified wrongly.")
            );
        var rows = run.Cohort.Rows.ToDictionary(r => r.Image);
        var near = run.Parts.ToDictionary(p => p, p => NearestFile.Read(p.Folder));
        var worst = wrong
            .Take(NearestFile.MostWrong)
            .Select(row =>
                (
                    Picture: Shown(run, row, run.Cohort.ImagePath(rows[row.Image])),
                    Near: near[Judge(run, row)][row.Image].Select(NearPicture.Of).ToArray()
                )
            )
            .ToArray();
        var compared = worst.Max(w => w.Near.Length);
        return ReportSection.Of(
            "wrong",
            $"Most wrong {run.Thing}s",
            new Note(
                (
                    wrong.Length > worst.Length
                        ? $"{wrong.Length} {run.Thing}s were classified wrongly; "
                            + $"these are the {worst.Length} that the model was surest about."
                        : $"All {run.Thing}s that were classified wrongly, first those that the model was surest about."
                )
                    + " Look for what they share: blur, ink, a stain, a patient, or a label that should be checked."
                    + (compared > 0 ? $" {NearPicture.Meaning}" : "")
            ),
            compared == 0
                ? new Pictures([.. worst.Select(w => w.Picture)])
                : new Table(
                    [
                        new Column(run.Thing),
                        .. Enumerable
                            .Range(0, compared)
                            .Select(i => new Column(i == 0 ? "nearest training cases" : "")),
                    ],
                    [
                        .. worst.Select(w =>
                            (IReadOnlyList<Cell>)
                                [w.Picture, .. w.Near, .. Enumerable.Repeat((Cell)"", compared - w.Near.Length)]
                        ),
                    ]
                )
        );
    }

    /// <summary>The part that says this of an image, which several may have tested.</summary>
    private static ReportedPart Judge(ReportedRun run, Prediction row) =>
        run.Parts.FirstOrDefault(p => p.Tested.Rows.Any(r => ReferenceEquals(r, row)))
        ?? run.Parts.First(p => p.Tested.Rows.Any(r => r.Image == row.Image));

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
            : $"predicted: {row.Predicted}, {FigureText.Percent(run.Tested.ProbabilityOf(row))}";
}
