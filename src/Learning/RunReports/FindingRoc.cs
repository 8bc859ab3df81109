using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>ROC curves of findings, a plot each, with the point at which each was decided, and a curve for each site.</summary>
public static class FindingRoc
{
    private const int MostSites = 5; // with the whole as many as there are colors

    /// <summary>A plot for each finding that some images show and others do not.</summary>
    /// <param name="models">Decided predictions, a line each: one model, folds together, or models of several seeds.</param>
    /// <param name="sites">The same site by site, drawn thinly beside a single line; of very many the first ones.</param>
    public static IReadOnlyList<Plot> Of(
        IReadOnlyList<Predictions> models,
        IReadOnlyList<(string Site, IReadOnlyList<Predictions> Models)> sites
    )
    {
        var beside = models.Count == 1 && sites.Count > 1 ? sites.Take(MostSites).ToArray() : [];
        return
        [
            .. models[0]
                .Classes.Index()
                .Select(finding =>
                    Of(
                        finding,
                        [
                            .. beside.SelectMany(
                                (s, i) => s.Models.Select(m => new Line(s.Site, m, i + 1, PlotStyle.Dashed))
                            ),
                            .. models.Select((m, i) => new Line(i == 0 ? "all" : "", m, 0, PlotStyle.Line)),
                        ]
                    )
                )
                .OfType<Plot>(),
        ];
    }

    private sealed record Line(string Name, Predictions Predictions, int Color, PlotStyle Style);

    private static Plot? Of((int At, string Name) finding, Line[] lines)
    {
        (Line Line, FindingTruth Truth)[] known =
        [
            .. lines
                .Select(l => (Line: l, Truth: new FindingTruth(l.Predictions, finding.At)))
                .Where(l => l.Truth.Positives > 0 && l.Truth.Positives < l.Truth.Shows.Count),
        ];
        if (!known.Any(l => l.Line.Color == 0))
            return null;
        List<PlotSeries> series = [new("", [new(0, 0), new(1, 1)], -1, PlotStyle.Dashed)];
        foreach (var (line, truth) in known)
            series.Add(new PlotSeries(line.Name, [.. truth.Roc().Select(Point)], line.Color, line.Style));
        foreach (var (line, truth) in known)
            series.Add(new PlotSeries("", [Decided(truth)], line.Color, PlotStyle.Points));
        return new Plot(
            $"ROC of {finding.Name}",
            "Sensitivity against false positives over all thresholds, and the point at which it was decided; guessing lies on the diagonal.",
            series
        )
        {
            Heading = finding.Name,
            Width = 300,
            XLabel = "1 − specificity",
            YLabel = "sensitivity",
            XRange = (0, 1),
            YRange = (0, 1),
        };
    }

    private static PlotPoint Point(RocPoint point) =>
        new(
            point.FalsePositiveRate,
            point.TruePositiveRate,
            $"from probability {FigureText.Number(point.Threshold)} on: {Words(point.TruePositiveRate, 1 - point.FalsePositiveRate)}"
        );

    private static PlotPoint Decided(FindingTruth truth)
    {
        double Share(bool shows) =>
            truth.Shows.Zip(truth.Decided).Count(i => i.First == shows && i.Second)
            / (double)truth.Shows.Count(s => s == shows);
        var (sensitivity, falsely) = (Share(true), Share(false));
        return new PlotPoint(falsely, sensitivity, $"as decided: {Words(sensitivity, 1 - falsely)}", 5);
    }

    private static string Words(double sensitivity, double specificity) =>
        $"sensitivity {FigureText.Number(sensitivity)}, specificity {FigureText.Number(specificity)}";
}
