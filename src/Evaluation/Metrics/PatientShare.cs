using Coverslip.Evaluation.Statistics;

namespace Coverslip.Evaluation.Metrics;

/// <summary>
/// What share of a patient's images something is true of, on average over patients: every patient counts once, however many
/// images there are.
/// </summary>
internal static class PatientShare
{
    /// <summary>
    /// The share with the interval of Clopper and Pearson over patients, which is too wide rather than too narrow where it is
    /// true of some of a patient's images only; undefined of no image.
    /// </summary>
    internal static Estimate Of(IReadOnlyList<Prediction> rows, Func<Prediction, bool> isTrue)
    {
        double[] shares =
        [
            .. rows.GroupBy(r => r.Patient, StringComparer.Ordinal).Select(of => of.Count(isTrue) / (double)of.Count()),
        ];
        return shares.Length == 0
            ? Estimate.Undefined("no image has a label")
            : ExactInterval.OfShare(shares.Average(), shares.Length);
    }
}
