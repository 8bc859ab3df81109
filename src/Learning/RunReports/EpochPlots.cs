using Coverslip.Learning.Loop;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>What <c>metrics.csv</c> of a training holds by epoch: losses, validation figures, learning rate.</summary>
public static class EpochPlots
{
    /// <summary>Of a stage of a method that trains several models one after the other; empty before its first epoch.</summary>
    /// <param name="stage">Its folder.</param>
    /// <param name="name">What it is called.</param>
    public static IEnumerable<Plot> Of(RunFolder stage, string name) =>
        stage.Started ? Of(stage.Metrics, name, (stage.Reached.BestEpoch, stage.Reached.Epoch)) : [];

    internal static IEnumerable<Plot> Of(string metrics, string name, (int Best, int All) epochs)
    {
        var table = EpochTable.Read(metrics);
        Plot?[] plots =
        [
            Drawn((name, epochs), "Loss", "loss", Losses(table)),
            Drawn(
                (name, epochs),
                "Validation",
                "share, area",
                EpochSeries.Of(
                    table,
                    new("validation_accuracy", "accuracy", 3, PlotStyle.Dashed),
                    new("validation_auc", "AUC", 4, PlotStyle.Dashed),
                    new(RunFolder.PrecisionRecallArea, "PR AUC", 2, PlotStyle.Dashed)
                )
            )
                is { } shares
                ? shares with
                {
                    YRange = (0, 1),
                }
                : null,
            Drawn(
                (name, epochs),
                "Learning rate",
                "rate",
                EpochSeries.Of(table, new EpochSeries("rate", "", 5, PlotStyle.Line))
            )
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

    private static Plot? Drawn(
        (string Name, (int Best, int All) Epochs) of,
        string title,
        string y,
        IEnumerable<PlotSeries> series
    )
    {
        PlotSeries[] drawn = [.. series];
        if (drawn.Length == 0)
            return null;
        var best = of.Epochs.Best + 1;
        return new Plot($"{title}, {of.Name}", $"{title} by epoch; the kept epoch is {best}.", drawn)
        {
            Heading = title,
            Counts = true,
            XLabel = "epoch",
            YLabel = y,
            XRange = of.Epochs.All > 1 ? (1, of.Epochs.All) : null,
            Mark = (best, $"kept: {best}"),
        };
    }
}
