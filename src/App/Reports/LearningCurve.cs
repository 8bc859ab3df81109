namespace Coverslip.App.Reports;

/// <summary>How a run learned: its validation losses by epoch, and what came before.</summary>
/// <param name="Name">The run folder's name.</param>
/// <param name="Losses">Validation loss after each epoch.</param>
/// <param name="Training">Training loss of each epoch.</param>
/// <param name="Seconds">Time until the end of each epoch, without the first step.</param>
/// <param name="First">Epochs and seconds of a first step on patches; null without one.</param>
internal sealed record LearningCurve(
    string Name,
    IReadOnlyList<double> Losses,
    IReadOnlyList<double> Training,
    IReadOnlyList<double> Seconds,
    (int Epochs, double Seconds)? First
)
{
    /// <summary>The epoch with the least loss, from 0.</summary>
    internal int Best => Losses.Index().MinBy(l => l.Item).Index;

    /// <summary>Epochs until the loss is at most <paramref name="loss"/>; null where it never is.</summary>
    internal int? EpochsTo(double loss) =>
        Losses.Index().Where(l => l.Item <= loss).Select(l => (int?)(l.Index + 1)).FirstOrDefault();

    /// <summary>Reads a run folder of one part, or a part.</summary>
    /// <exception cref="FileNotFoundException">It has no metrics.csv.</exception>
    /// <exception cref="InvalidDataException">It was trained without validation patients.</exception>
    internal static LearningCurve Read(string folder)
    {
        var file = Path.Combine(folder, "metrics.csv");
        if (!File.Exists(file))
            throw new FileNotFoundException(
                Directory.Exists(Path.Combine(folder, "part-1"))
                    ? $"{folder} is a run of several parts; name one of them, such as {Path.Combine(folder, "part-1")}"
                    : $"{folder} is no run folder: it has no metrics.csv"
            );
        var epochs = EpochTable.Read(file);
        if (epochs["validation_loss"] is not { } losses)
            throw new InvalidDataException($"{file} has no validation losses: the run had no validation patients");
        var patches = Path.Combine(folder, "patches", "metrics.csv");
        (int, double)? first = null;
        if (File.Exists(patches))
        {
            var before = EpochTable.Read(patches);
            first = (before.Count, before["seconds"]![^1]);
        }
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (name.StartsWith("part-", StringComparison.Ordinal))
            name = $"{Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(folder)))} {name}";
        return new LearningCurve(name, losses, epochs["train_loss"]!, epochs["seconds"]!, first);
    }
}

/// <summary>Several learning curves on one plot.</summary>
internal static class CurvesPlot
{
    /// <summary>Validation losses solid, training losses dashed, and the level to be reached.</summary>
    internal static SvgPlot Of(IReadOnlyList<LearningCurve> curves, double target)
    {
        var epochs = curves.Max(c => c.Losses.Count);
        List<PlotSeries> series = [];
        foreach (var (color, curve) in curves.Index())
        {
            series.Add(new PlotSeries(curve.Name, Points(curve.Losses), color));
            series.Add(new PlotSeries("", Points(curve.Training), color, PlotStyle.Dashed));
        }
        series.Add(new PlotSeries("", [new(1, target), new(epochs, target)], -1, PlotStyle.Dashed));
        return new SvgPlot(
            "Training curves",
            "Loss by epoch of whole images; validation solid, training dashed; gray: the baseline's best.",
            series
        )
        {
            Width = 560,
            Height = 320,
            Counts = true,
            XLabel = "epoch on whole images (validation solid, training dashed)",
            YLabel = "loss",
            XRange = epochs > 1 ? (1, epochs) : null,
        };
    }

    private static PlotPoint[] Points(IReadOnlyList<double> losses) =>
        [
            .. losses.Select(
                (loss, i) => new PlotPoint(i + 1, loss, FormattableString.Invariant($"epoch {i + 1}: {loss:g4}"))
            ),
        ];
}
