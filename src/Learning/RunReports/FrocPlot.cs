using Coverslip.Evaluation.Detection;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>The FROC curve above that of random places.</summary>
public static class FrocPlot
{
    private static readonly double Last = Froc.Rates[^1];

    /// <summary>The plot, or why there is none.</summary>
    /// <param name="evaluation">The figures.</param>
    /// <param name="within">Where random places lie: tissue or slide.</param>
    public static ReportBlock Of(FrocEvaluation evaluation, string within)
    {
        PlotPoint[] found =
        [
            .. evaluation
                .Curve.Reverse()
                .Where(p => p.FalsePositives <= Last)
                .Select(p => new PlotPoint(
                    p.FalsePositives,
                    p.Sensitivity,
                    FormattableString.Invariant($"from {p.Threshold:0.###} on")
                )),
            .. evaluation.Sensitivities[^1].Value is { } known ? (PlotPoint[])[new(Last, known)] : [],
        ];
        if (found.Length == 0)
            return new Paragraph($"There is no curve: {evaluation.Score.Reason}.");
        PlotPoint[] chance =
        [
            new(0, 0),
            .. Froc.Rates.Zip(evaluation.ChanceSensitivities, (rate, by) => new PlotPoint(rate, by)),
        ];
        return new Plot(
            "FROC curve",
            $"Share of lesions found against false positives per slide up to {Last}; dashed what as many detections at random places on the {within} find, at the rates of the score.",
            [new PlotSeries("random places", chance, -1, PlotStyle.Dashed), new PlotSeries("detections", found, 0)]
        )
        {
            Captioned = true,
            Width = 560,
            Height = 340,
            XLabel = "false positives per slide",
            YLabel = "sensitivity",
            XRange = (0, Last),
            YRange = (0, 1),
        };
    }
}
