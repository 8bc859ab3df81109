using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>Several learning curves on common plots: losses, and accuracy and AUC on validation patients where they were taken.</summary>
public static class CurvesPlot
{
    private const string Epochs = "epoch on whole images";

    /// <summary>The plots, the losses first.</summary>
    /// <param name="curves">A color each.</param>
    /// <param name="target">The loss to be reached; null for none.</param>
    public static IReadOnlyList<Plot> Of(IReadOnlyList<LearningCurve> curves, double? target = null) =>
        [
            Losses(curves, target),
            .. new[] { Figure(curves, "accuracy", c => c.Accuracy), Figure(curves, "AUC", c => c.Auc) }.OfType<Plot>(),
        ];

    /// <summary>Validation losses solid, training losses dashed, and the level to be reached.</summary>
    private static Plot Losses(IReadOnlyList<LearningCurve> curves, double? target)
    {
        List<PlotSeries> series = [];
        foreach (var (color, curve) in curves.Index())
        {
            series.Add(new PlotSeries(curve.Name, Points(curve.Losses), color));
            series.Add(new PlotSeries("", Points(curve.Training), color, PlotStyle.Dashed));
        }
        if (target is { } level)
            series.Add(new PlotSeries("", [new(1, level), new(Last(curves), level)], -1, PlotStyle.Dashed));
        return Drawn(
            "Loss",
            $"Loss by epoch of whole images; validation solid, training dashed{(target is null ? "" : "; gray: the baseline's best")}.",
            series,
            curves
        ) with
        {
            XLabel = $"{Epochs} (validation solid, training dashed)",
            YLabel = "loss",
        };
    }

    private static Plot? Figure(
        IReadOnlyList<LearningCurve> curves,
        string name,
        Func<LearningCurve, IReadOnlyList<double>?> of
    )
    {
        PlotSeries[] series =
        [
            .. curves
                .Select((c, color) => (c.Name, Values: of(c), Color: color))
                .Where(c => c.Values is not null)
                .Select(c => new PlotSeries(c.Name, Points(c.Values!), c.Color)),
        ];
        return series.Length == 0
            ? null
            : Drawn(
                $"Validation {name}",
                $"{name} on validation patients by epoch of whole images.",
                series,
                curves
            ) with
            {
                YLabel = name,
                YRange = (Math.Min(0.5, series.SelectMany(s => s.Points).Min(p => double.IsNaN(p.Y) ? 1 : p.Y)), 1),
            };
    }

    private static Plot Drawn(
        string title,
        string description,
        IReadOnlyList<PlotSeries> series,
        IReadOnlyList<LearningCurve> curves
    ) =>
        new(title, description, series)
        {
            Width = 560,
            Height = 320,
            Counts = true,
            XLabel = Epochs,
            XRange = Last(curves) is > 1 and var last ? (1, last) : null,
        };

    private static int Last(IReadOnlyList<LearningCurve> curves) => curves.Max(c => c.Losses.Count);

    private static PlotPoint[] Points(IReadOnlyList<double> values) =>
        [
            .. values.Select(
                (value, i) => new PlotPoint(i + 1, value, FormattableString.Invariant($"epoch {i + 1}: {value:g4}"))
            ),
        ];
}
