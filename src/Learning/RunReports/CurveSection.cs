using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>What the probabilities are worth: ROC curve, precision-recall curve, reliability.</summary>
internal static class CurveSection
{
    private const int MostNamed = 6; // as many series as there are colors

    internal static ReportSection Of(ReportedRun run)
    {
        if (run.Tested.Classes.Count == 0)
            return ReportSection.Of(
                "curves",
                "Curves",
                new Paragraph("The predictions have no probabilities; curves need them.")
            );
        var curves = Curves(run).ToArray();
        return ReportSection.Of(
            "curves",
            "Curves",
            new Note(
                run.Repeated ? "One curve per part."
                : run.Parts.Count > 1
                    ? "Probabilities of all folds together; the folds' models need not be equally cautious, "
                        + "which usually lowers a pooled curve."
                : $"Test {run.Thing}s."
            ),
            curves.Length == 0
                ? new Paragraph($"Only one class occurs among the test {run.Thing}s; there is no ROC curve.")
                : null,
            new Plots([
                .. curves.Length == 0 ? (Plot[])[] : [Roc(run, curves), PrecisionRecall(curves)],
                Reliability(run),
            ])
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

    private static Plot Roc(ReportedRun run, Curve[] curves)
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
                            $"from probability {FigureText.Number(p.Threshold)} on: sensitivity {FigureText.Number(p.TruePositiveRate)}, "
                                + $"specificity {FigureText.Number(1 - p.FalsePositiveRate)}"
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
                            $"as decided: sensitivity {FigureText.Number(sensitivity)}, specificity {FigureText.Number(specificity)}",
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

    private static Plot PrecisionRecall(Curve[] curves)
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
                $"from probability {FigureText.Number(points[i].Threshold)} on: "
                    + $"recall {FigureText.Number(points[i].Recall)}, "
                    + $"precision {FigureText.Number(points[i].Precision)}"
            );
        }
    }

    private static Plot Reliability(ReportedRun run)
    {
        var bins = run.Whole.Reliability.Where(b => b.Images > 0).ToArray();
        var most = bins.Max(b => b.Images);
        PlotPoint[] points =
        [
            .. bins.Select(b => new PlotPoint(
                b.Predicted,
                b.Observed,
                $"{FigureText.Count(b.Images, run.Thing)}: predicted {FigureText.Number(b.Predicted)}, "
                    + $"observed {FigureText.Number(b.Observed)}",
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

    private static Plot Square(
        string title,
        string description,
        string x,
        string y,
        IReadOnlyList<PlotSeries> series
    ) =>
        new(title, description, series)
        {
            Heading = title,
            Captioned = true,
            Height = 350,
            XLabel = x,
            YLabel = y,
            XRange = (0, 1),
            YRange = (0, 1),
        };
}
