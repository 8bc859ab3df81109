using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>Several learning curves on one plot.</summary>
public static class CurvesPlot
{
    /// <summary>Validation losses solid, training losses dashed, and the level to be reached.</summary>
    public static Plot Of(IReadOnlyList<LearningCurve> curves, double target)
    {
        var epochs = curves.Max(c => c.Losses.Count);
        List<PlotSeries> series = [];
        foreach (var (color, curve) in curves.Index())
        {
            series.Add(new PlotSeries(curve.Name, Points(curve.Losses), color));
            series.Add(new PlotSeries("", Points(curve.Training), color, PlotStyle.Dashed));
        }
        series.Add(new PlotSeries("", [new(1, target), new(epochs, target)], -1, PlotStyle.Dashed));
        return new Plot(
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
