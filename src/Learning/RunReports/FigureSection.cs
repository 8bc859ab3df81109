using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>Every metric with its interval and its meaning; then part by part.</summary>
internal static class FigureSection
{
    private static readonly IReadOnlyList<Metric> PerPart =
    [
        Metric.Accuracy,
        Metric.BalancedAccuracy,
        Metric.Auc,
        Metric.RecognitionRate,
    ];

    internal static ReportSection Of(ReportedRun run) =>
        ReportSection.Of(
            "figures",
            "Figures",
            [
                new Note(
                    run.Repeated
                        ? $"Mean and standard deviation over {run.Parts.Count} parts of the split. Parts may share patients, "
                            + "so their spread is no confidence interval."
                        : "95 % intervals from a bootstrap over patients: what the figures could be "
                            + "with other patients of the same kind."
                            + " The upright mark on a line is what guessing reaches (accuracy: the most frequent class)."
                            + (
                                run.Whole.Positive is { } positive
                                    ? $" The positive class is “{positive}”."
                                    : " With more than two classes, figures are means of one class against the rest."
                            )
                ),
                run.Repeated ? Means(run) : Intervals(run),
                .. run.Parts.Count > 1 ? (ReportBlock[])[new Subheading("Part by part"), Parts(run)] : [],
            ]
        );

    private static Table Intervals(ReportedRun run) =>
        new Table(
            [new("Figure"), new("Value", true), new("95 % interval", true), new("0 to 1"), new("Meaning")],
            [
                .. MetricNames.All.Select(metric =>
                {
                    var figure = run.Whole.Figures[metric];
                    return (IReadOnlyList<Cell>)
                        [
                            Name(metric),
                            FigureText.Number(figure.Value),
                            FigureText.Interval(figure),
                            new IntervalBar(figure, Chance(run, metric)),
                            Meaning(metric, run.Thing),
                        ];
                }),
            ]
        );

    private static Table Means(ReportedRun run) =>
        new Table(
            [
                new("Figure"),
                new("Mean ± standard deviation", true),
                new("Least", true),
                new("Most", true),
                new("Meaning"),
            ],
            [
                .. MetricNames.All.Select(metric =>
                {
                    double[] values = [.. run.Parts.Select(p => p.Evaluation.Figures[metric].Value).OfType<double>()];
                    return (IReadOnlyList<Cell>)
                        [
                            Name(metric),
                            FigureText.Spread(FigureText.Spread(values.Cast<double?>())),
                            FigureText.Number(values.Length > 0 ? values.Min() : null),
                            FigureText.Number(values.Length > 0 ? values.Max() : null),
                            Meaning(metric, run.Thing),
                        ];
                }),
            ]
        );

    private static Table Parts(ReportedRun run) =>
        new Table(
            [
                new("Part", true),
                new("Images", true),
                new("Patients", true),
                .. PerPart.Select(m => new Column(Name(m), true)),
            ],
            [
                .. run.Parts.Select(part =>
                    (IReadOnlyList<Cell>)
                        [
                            $"{part.Description.Part}",
                            $"{part.Evaluation.Images}",
                            $"{part.Evaluation.Patients}",
                            .. PerPart.Select(m => FigureText.Number(part.Evaluation.Figures[m].Value)),
                        ]
                ),
            ]
        );

    /// <summary>What guessing reaches; null where it depends on how one guesses.</summary>
    private static double? Chance(ReportedRun run, Metric metric) =>
        metric switch
        {
            Metric.Accuracy => run.MajorityShare,
            Metric.BalancedAccuracy => 1.0 / run.Whole.Classes.Count,
            Metric.Auc => 0.5,
            Metric.AveragePrecision when run.Whole.Positive is { } positive => (double)
                run.Whole.Confusion[run.Whole.Classes.ToList().IndexOf(positive)].Sum() / run.Whole.Images,
            _ => null,
        };

    private static string Name(Metric metric) =>
        metric switch
        {
            Metric.Accuracy => "Accuracy",
            Metric.BalancedAccuracy => "Balanced accuracy",
            Metric.Auc => "AUC",
            Metric.AveragePrecision => "Average precision",
            Metric.Sensitivity => "Sensitivity",
            Metric.Specificity => "Specificity",
            Metric.RecognitionRate => "Per-patient recognition rate",
            Metric.Brier => "Brier score",
            _ => "Calibration error",
        };

    private static string Meaning(Metric metric, string thing) =>
        metric switch
        {
            Metric.Accuracy => $"Share of {thing}s classified correctly",
            Metric.BalancedAccuracy => "The same per class, then averaged: rare classes count as much as frequent ones",
            Metric.Auc => $"Chance that a positive {thing} gets a higher probability than a negative one",
            Metric.AveragePrecision => "Area under the precision-recall curve",
            Metric.Sensitivity => $"Share of positive {thing}s that were found",
            Metric.Specificity => $"Share of negative {thing}s that were left alone",
            Metric.RecognitionRate => $"Mean over patients of the share of their {thing}s that is correct",
            Metric.Brier => "Mean squared error of the probabilities; 0 is best",
            _ => "How far probabilities lie from observed shares; 0 is best",
        };
}
