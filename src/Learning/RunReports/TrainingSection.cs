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
                run.Parts.Any(part => File.Exists(part.Part.Metrics))
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
            blocks.Add(new Plots([.. Plots(part)]));
        else
            blocks.AddRange(fitting(part) ?? [new Note("This part has no metrics.csv.")]);
        return blocks;
    }

    private static IEnumerable<Plot> Plots(FinishedPart part)
    {
        var epochs = EpochTable.Read(part.Metrics);
        Plot?[] plots =
        [
            Drawn(part, "Loss", "loss", Losses(epochs)),
            Drawn(
                part,
                "Validation",
                "share, AUC",
                EpochSeries.Of(
                    epochs,
                    new("validation_accuracy", "accuracy", 3, PlotStyle.Dashed),
                    new("validation_auc", "AUC", 4, PlotStyle.Dashed)
                )
            )
                is { } shares
                ? shares with
                {
                    YRange = (0, 1),
                }
                : null,
            Drawn(part, "Learning rate", "rate", EpochSeries.Of(epochs, new EpochSeries("rate", "", 5, PlotStyle.Line)))
                is { } rate
                ? rate with
                {
                    Height = 170,
                }
                : null,
        ];
        return plots.OfType<Plot>();
    }

    /// <summary>The total, and its parts where there is more than one.</summary>
    private static IEnumerable<PlotSeries> Losses(EpochTable epochs)
    {
        EpochSeries[] total =
        [
            new("train_loss", "total", 0, PlotStyle.Line),
            new("validation_loss", "", 0, PlotStyle.Dashed),
        ];
        EpochSeries[] parts =
        [
            new("train_class_loss", "class", 1, PlotStyle.Line),
            new("validation_class_loss", "", 1, PlotStyle.Dashed),
            new("train_reconstruction", "reconstruction", 2, PlotStyle.Line),
            new("validation_reconstruction", "", 2, PlotStyle.Dashed),
        ];
        var single = epochs["train_reconstruction"] is not { } losses || losses.All(r => r is 0 or double.NaN);
        return EpochSeries.Of(epochs, single ? total : [.. total, .. parts]);
    }

    private static Plot? Drawn(FinishedPart part, string title, string y, IEnumerable<PlotSeries> series)
    {
        PlotSeries[] drawn = [.. series];
        if (drawn.Length == 0)
            return null;
        var best = part.Description.BestEpoch + 1;
        return new Plot($"{title}, {part.Name}", $"{title} by epoch; the kept epoch is {best}.", drawn)
        {
            Heading = title,
            Counts = true,
            XLabel = "epoch",
            YLabel = y,
            XRange = part.Description.Epochs > 1 ? (1, part.Description.Epochs) : null,
            Mark = (best, $"kept: {best}"),
        };
    }
}
