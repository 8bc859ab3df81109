namespace Coverslip.Evaluation.Metrics;

/// <summary>
/// The figures of a classification, in the order in which they are printed; defined in <c>docs/evaluation.md</c>.
/// </summary>
public enum Metric
{
    /// <summary>Share of images whose predicted class is their label.</summary>
    Accuracy,

    /// <summary>Mean over the classes that occur of the share of their images found.</summary>
    BalancedAccuracy,

    /// <summary>
    /// Area under the ROC curve of the positive class; with more classes the mean of one against the rest.
    /// </summary>
    Auc,

    /// <summary>
    /// Average precision (PR AUC) of the positive class; with more classes the mean of one against the rest.
    /// </summary>
    AveragePrecision,

    /// <summary>Share of positive images called positive; with more classes the mean of one against the rest.</summary>
    Sensitivity,

    /// <summary>Share of negative images called negative; with more classes the mean of one against the rest.</summary>
    Specificity,

    /// <summary>Mean over patients of the share of their images that are correct (Spanhol et al. 2016).</summary>
    RecognitionRate,

    /// <summary>
    /// Mean squared error of the probability of the positive class; with more classes of all, summed.
    /// </summary>
    Brier,

    /// <summary>Expected calibration error over bins of equal width.</summary>
    CalibrationError,
}

/// <summary>How metrics are called in files and on screen.</summary>
public static class MetricNames
{
    /// <summary>All metrics in order.</summary>
    public static IReadOnlyList<Metric> All { get; } = Enum.GetValues<Metric>();

    /// <summary>The key in JSON: <c>balanced_accuracy</c>.</summary>
    public static string Key(this Metric metric) =>
        metric switch
        {
            Metric.Accuracy => "accuracy",
            Metric.BalancedAccuracy => "balanced_accuracy",
            Metric.Auc => "auc",
            Metric.AveragePrecision => "average_precision",
            Metric.Sensitivity => "sensitivity",
            Metric.Specificity => "specificity",
            Metric.RecognitionRate => "recognition_rate",
            Metric.Brier => "brier",
            _ => "calibration_error",
        };

    /// <summary>Whether the metric needs probabilities and not only predicted classes.</summary>
    public static bool NeedsProbabilities(this Metric metric) =>
        metric is Metric.Auc or Metric.AveragePrecision or Metric.Brier or Metric.CalibrationError;
}
