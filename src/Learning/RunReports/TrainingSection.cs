using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>How each part was trained: losses, validation figures and learning rate by epoch.</summary>
internal static class TrainingSection
{
    private const int MostUnfolded = 3;

    internal static ReportSection Of(ReportedRun run, Func<FinishedPart, IEnumerable<ReportBlock>?> fitting)
    {
        var parts = run.Parts.Select(part => Blocks(run, part.Part, fitting)).ToArray();
        return ReportSection.Of(
            "training",
            "Training",
            [
                parts.Any(blocks => blocks.Any(b => b is Plots))
                    ? new Note(
                        "By epoch; solid lines are training, dashed ones validation. "
                            + "The dotted vertical line is the epoch whose weights were kept."
                    )
                    : null,
                .. parts.Take(MostUnfolded).SelectMany(p => p),
                parts.Length > MostUnfolded
                    ? new Folded(
                        $"Show the other {parts.Length - MostUnfolded} parts",
                        [.. parts.Skip(MostUnfolded).SelectMany(p => p)]
                    )
                    : null,
            ]
        );
    }

    private static List<ReportBlock> Blocks(
        ReportedRun run,
        FinishedPart part,
        Func<FinishedPart, IEnumerable<ReportBlock>?> fitting
    )
    {
        List<ReportBlock> blocks = run.Parts.Count > 1 ? [new Subheading($"Part {part.Description.Part}")] : [];
        if (File.Exists(part.Metrics))
            blocks.Add(
                new Plots([
                    .. EpochPlots.Of(part.Metrics, part.Name, (part.Description.BestEpoch, part.Description.Epochs)),
                ])
            );
        else
            blocks.AddRange(fitting(part) ?? [new Note("This part has no metrics.csv.")]);
        return blocks;
    }
}
