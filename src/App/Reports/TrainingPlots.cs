using System.Globalization;
using System.Xml.Linq;

namespace Coverslip.App.Reports;

/// <summary>How each part was trained: losses, validation figures and learning rate by epoch.</summary>
internal static class TrainingPlots
{
    private const int MostUnfolded = 3;

    public static XElement Of(ReportedRun run)
    {
        var parts = run
            .Parts.Select(part =>
                Html.Tag(
                    "div",
                    run.Parts.Count > 1 ? Html.Tag("h3", $"Part {part.Description.Part}") : null,
                    File.Exists(part.Metrics) ? Plots(part)
                        : File.Exists(part.Selection) ? SelectionTable.Of(part.Selection)
                        : Html.Note("This part has no metrics.csv.")
                )
            )
            .ToArray();
        return Html.Section(
            "training",
            "Training",
            run.Parts.Any(part => File.Exists(part.Metrics))
                ? Html.Note(
                    "By epoch; solid lines are training, dashed ones validation. "
                        + "The dotted vertical line is the epoch whose weights were kept."
                )
                : null,
            parts.Take(MostUnfolded),
            parts.Length > MostUnfolded
                ? Html.Folded($"Show the other {parts.Length - MostUnfolded} parts", parts.Skip(MostUnfolded))
                : null
        );
    }

    private static XElement Plots(ReportedPart part)
    {
        var epochs = EpochTable.Read(part.Metrics);
        return Html.Tag(
            "div",
            Html.Class("plots"),
            Plot(part, "Loss", "loss", null, Losses(epochs)),
            Plot(
                part,
                "Validation",
                "share, AUC",
                (0, 1),
                [
                    .. Series(epochs, "validation_accuracy", "accuracy", 3, PlotStyle.Dashed),
                    .. Series(epochs, "validation_auc", "AUC", 4, PlotStyle.Dashed),
                ]
            ),
            Plot(part, "Learning rate", "rate", null, [.. Series(epochs, "rate", "", 5, PlotStyle.Line)])
        );
    }

    /// <summary>The total, and its parts where there is more than one.</summary>
    private static List<PlotSeries> Losses(EpochTable epochs)
    {
        List<PlotSeries> series =
        [
            .. Series(epochs, "train_loss", "total", 0, PlotStyle.Line),
            .. Series(epochs, "validation_loss", "", 0, PlotStyle.Dashed),
        ];
        if (epochs["train_reconstruction"] is not { } reconstruction || reconstruction.All(r => r is 0 or double.NaN))
            return series;
        series.AddRange([
            .. Series(epochs, "train_class_loss", "class", 1, PlotStyle.Line),
            .. Series(epochs, "validation_class_loss", "", 1, PlotStyle.Dashed),
            .. Series(epochs, "train_reconstruction", "reconstruction", 2, PlotStyle.Line),
            .. Series(epochs, "validation_reconstruction", "", 2, PlotStyle.Dashed),
        ]);
        return series;
    }

    private static IEnumerable<PlotSeries> Series(
        EpochTable epochs,
        string column,
        string name,
        int color,
        PlotStyle style
    )
    {
        if (epochs[column] is not { } values)
            yield break;
        var numbers = epochs["epoch"]!;
        yield return new PlotSeries(
            name,
            [
                .. values.Select(
                    (value, i) =>
                        new PlotPoint(
                            numbers[i] + 1,
                            value,
                            $"epoch {numbers[i] + 1:0}: {column.Replace('_', ' ')} "
                                + value.ToString("g4", CultureInfo.InvariantCulture)
                        )
                ),
            ],
            color,
            style
        );
    }

    private static XElement? Plot(
        ReportedPart part,
        string title,
        string y,
        (double, double)? range,
        IReadOnlyList<PlotSeries> series
    )
    {
        if (series.Count == 0)
            return null;
        var best = part.Description.BestEpoch + 1;
        var small = title == "Learning rate";
        return Html.Tag(
            "figure",
            Html.Tag("h3", title),
            new SvgPlot($"{title}, {part.Name}", $"{title} by epoch; the kept epoch is {best}.", series)
            {
                Width = 380,
                Height = small ? 170 : 260,
                Counts = true,
                XLabel = "epoch",
                YLabel = y,
                XRange = part.Description.Epochs > 1 ? (1, part.Description.Epochs) : null,
                YRange = range,
                Mark = (best, $"kept: {best}"),
            }.Draw()
        );
    }
}
