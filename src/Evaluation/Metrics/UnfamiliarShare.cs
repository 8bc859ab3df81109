using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Metrics;

/// <summary>Images that are unlike what a model learned from.</summary>
public static class UnfamiliarShare
{
    /// <summary>
    /// Share of a patient's images that are unfamiliar (<see cref="Prediction.IsUnfamiliar"/>), averaged over patients; null
    /// where the predictions do not say.
    /// </summary>
    public static Estimate? Of(Predictions predictions) =>
        predictions.Rows.Count > 0 && predictions.Rows.All(r => r.Unfamiliar is not null)
            ? PatientShare.Of(predictions.Rows, r => r.IsUnfamiliar)
            : null;
}
