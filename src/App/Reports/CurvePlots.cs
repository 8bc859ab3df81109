using System.Xml.Linq;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.App.Reports;

/// <summary>What the probabilities are worth: ROC curve, precision-recall curve, reliability.</summary>
internal static class CurvePlots
{
    private const int MostNamed = 6; // as many series as there are colors

    public static XElement Of(ReportedRun run)
    {
        if (run.Tested.Classes.Count == 0)
            return Html.Section(
                "curves",
                "Curves",
                Html.Paragraph("The predictions have no probabilities; curves need them.")
            );
        var curves = Curves(run).ToArray();
        return Html.Section(
            "curves",
            "Curves",
            Html.Note(
                run.Repeated ? "One curve per part."
                : run.Parts.Count > 1
                    ? "Probabilities of all folds together; the folds' models need not be equally cautious, "
                        + "which usually lowers a pooled curve."
                : $"Test {run.Thing}s."
            ),
            Html.Tag(
                "div",
                Html.Class("plots"),
                curves.Length == 0
                    ? Html.Paragraph($"Only one class occurs among the test {run.Thing}s; there is no ROC curve.")
                    : Roc(run, curves),
                curves.Length == 0 ? null : PrecisionRecall(curves),
                Reliability(run)
            )
        );
    }

    private sealed record Curve(string Name, RankedScores Ranked, int Color);

    private static IEnumerable<Curve> Curves(ReportedRun run)
    {
        var sets = run.Repeated ? run.Parts.Select(p => (p.Name, p.Tested)).ToArray() : [("", run.Tested)];
        string[] classes = run.Whole.Positive is { } positive ? [positive] : [.. run.Whole.Classes];
        var color = 0;
        foreach (var (part, tested) in sets)
        {
            foreach (var name in classes)
            {
                var place = tested.Classes.ToList().IndexOf(name);
                bool[] positives = [.. tested.Rows.Select(r => r.Label == name)];
                if (place < 0 || !positives.Contains(true) || !positives.Contains(false))
                    continue;
                var title =
                    classes.Length == 1 ? part
                    : part.Length == 0 ? name
                    : $"{part}, {name}";
                yield return new Curve(
                    title,
                    new RankedScores([.. tested.Rows.Select(r => r.Probabilities[place])], positives),
                    color++
                );
            }
        }
    }

    private static XElement Roc(ReportedRun run, Curve[] curves)
    {
        List<PlotSeries> series = [new("", [new(0, 0), new(1, 1)], -1, PlotStyle.Dashed)];
        series.AddRange(
            curves.Select(c =>
                Series(
                    c,
                    curves,
                    c.Ranked.Roc()
                        .Select(p => new PlotPoint(
                            p.FalsePositiveRate,
                            p.TruePositiveRate,
                            $"from probability {Figure.Number(p.Threshold)} on: sensitivity {Figure.Number(p.TruePositiveRate)}, "
                                + $"specificity {Figure.Number(1 - p.FalsePositiveRate)}"
                        ))
                )
            )
        );
        if (
            !run.Repeated
            && run.Whole is { Positive: not null, Figures: var figures }
            && figures[Metric.Sensitivity].Value is { } sensitivity
            && figures[Metric.Specificity].Value is { } specificity
        )
        {
            series.Add(
                new(
                    "as decided",
                    [
                        new(
                            1 - specificity,
                            sensitivity,
                            $"as decided: sensitivity {Figure.Number(sensitivity)}, specificity {Figure.Number(specificity)}",
                            6
                        ),
                    ],
                    1,
                    PlotStyle.Points
                )
            );
        }
        return Square(
            "ROC curve",
            "Sensitivity against false positives over all thresholds; guessing lies on the diagonal.",
            "1 − specificity",
            "sensitivity",
            series
        );
    }

    private static XElement PrecisionRecall(Curve[] curves)
    {
        var series = curves.Select(c => Series(c, curves, Steps(c.Ranked.PrecisionRecall()))).ToList();
        if (curves.Length == 1)
        {
            double positives = curves[0].Ranked.Count(true),
                share = positives / (positives + curves[0].Ranked.Count(false));
            series.Insert(0, new("", [new(0, share), new(1, share)], -1, PlotStyle.Dashed));
        }
        return Square(
            "Precision-recall curve",
            "How many of those called positive are positive, against how many of the positive are found"
                + (curves.Length == 1 ? "; guessing lies on the dashed line." : "."),
            "recall (sensitivity)",
            "precision",
            series
        );
    }

    /// <summary>Average precision is the area under steps: each precision holds back to the recall before it.</summary>
    private static IEnumerable<PlotPoint> Steps(IReadOnlyList<PrecisionRecallPoint> points)
    {
        for (var i = 0; i < points.Count; i++)
        {
            if (i > 0)
                yield return new PlotPoint(points[i - 1].Recall, points[i].Precision);
            yield return new PlotPoint(
                points[i].Recall,
                points[i].Precision,
                $"from probability {Figure.Number(points[i].Threshold)} on: "
                    + $"recall {Figure.Number(points[i].Recall)}, "
                    + $"precision {Figure.Number(points[i].Precision)}"
            );
        }
    }

    private static XElement Reliability(ReportedRun run)
    {
        var bins = run.Whole.Reliability.Where(b => b.Images > 0).ToArray();
        var most = bins.Max(b => b.Images);
        PlotPoint[] points =
        [
            .. bins.Select(b => new PlotPoint(
                b.Predicted,
                b.Observed,
                $"{Figure.Count(b.Images, run.Thing)}: predicted {Figure.Number(b.Predicted)}, "
                    + $"observed {Figure.Number(b.Observed)}",
                3 + 11 * Math.Sqrt((double)b.Images / most)
            )),
        ];
        var what = run.Whole.Positive ?? "the predicted class";
        return Square(
            "Reliability",
            "Where circles lie on the diagonal, probabilities can be taken at their word; "
                + $"larger circles hold more {run.Thing}s.",
            $"mean probability of {what}",
            "share that came true",
            [new("", [new(0, 0), new(1, 1)], -1, PlotStyle.Dashed), new("", points, 0, PlotStyle.Points)]
        );
    }

    private static PlotSeries Series(Curve curve, Curve[] all, IEnumerable<PlotPoint> points) =>
        all.Length <= MostNamed
            ? new(curve.Name, [.. points], curve.Color)
            : new("", [.. points.Select(p => p with { Title = curve.Name })], curve.Color);

    private static XElement Square(
        string title,
        string description,
        string x,
        string y,
        IReadOnlyList<PlotSeries> series
    ) =>
        Html.Tag(
            "figure",
            Html.Tag("h3", title),
            new SvgPlot(title, description, series)
            {
                Width = 380,
                Height = 350,
                XLabel = x,
                YLabel = y,
                XRange = (0, 1),
                YRange = (0, 1),
            }.Draw(),
            Html.Tag("figcaption", description)
        );
}
