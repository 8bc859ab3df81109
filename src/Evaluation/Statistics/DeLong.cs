using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Coverslip.Evaluation.Statistics;

/// <summary>
/// The area under a ROC curve with the variance of DeLong, DeLong &amp; Clarke-Pearson (1988), by mid-ranks in
/// n log n (Sun &amp; Xu 2014). It takes the cases as independent: several of one patient make it too narrow.
/// </summary>
internal static class DeLong
{
    private static readonly double Quantile = Normal.InvCDF(0, 1, 0.975);

    /// <summary>The area with its 95 % interval, normal around the area and cut off at 0 and 1; that of <see cref="ExactInterval"/> where all pairs are won or lost.</summary>
    /// <param name="scores">Higher is more likely positive.</param>
    /// <param name="positives">As many; the interval needs two of either kind.</param>
    /// <exception cref="ArgumentException">Different lengths.</exception>
    public static Estimate Auc(IReadOnlyList<double> scores, IReadOnlyList<bool> positives)
    {
        if (Variance(scores, positives) is not { } result)
            return Estimate.Undefined("only one class occurs");
        if (double.IsNaN(result.Variance))
            return new Estimate(result.Auc, null, null, "a class has one case; a variance needs two");
        if (ExactInterval.IsPoint(0, result.Variance) && result.Auc is 0 or 1)
        {
            var with = positives.Count(p => p);
            return ExactInterval.OfShare(result.Auc, Math.Min(with, positives.Count - with), "cases");
        }
        var half = Quantile * Math.Sqrt(result.Variance);
        return new Estimate(result.Auc, Math.Max(0, result.Auc - half), Math.Min(1, result.Auc + half));
    }

    /// <summary>
    /// The area and its variance, which is not a number where a class has one case; null where one class occurs only.
    /// </summary>
    public static (double Auc, double Variance)? Variance(IReadOnlyList<double> scores, IReadOnlyList<bool> positives)
    {
        if (scores.Count != positives.Count)
            throw new ArgumentException($"{scores.Count} scores and {positives.Count} labels; there must be as many");
        if (!positives.Contains(true) || !positives.Contains(false))
            return null;
        var (wins, losses) = Placements(scores, positives);
        return (wins.Average(), wins.Variance() / wins.Length + losses.Variance() / losses.Length);
    }

    /// <summary>
    /// V10 and V01 of the paper: the share of the other class that each positive wins against, and that each negative loses
    /// against, ties half; in the order of the cases.
    /// </summary>
    public static (double[] Wins, double[] Losses) Placements(
        IReadOnlyList<double> scores,
        IReadOnlyList<bool> positives
    )
    {
        var cases = Enumerable.Range(0, scores.Count).ToArray();
        int[] with = [.. cases.Where(i => positives[i])];
        int[] without = [.. cases.Where(i => !positives[i])];
        var among = scores.Ranks(RankDefinition.Average);
        var own = with.Select(i => scores[i]).Ranks(RankDefinition.Average);
        var others = without.Select(i => scores[i]).Ranks(RankDefinition.Average);
        return (
            [.. with.Select((c, i) => (among[c] - own[i]) / without.Length)],
            [.. without.Select((c, i) => 1 - (among[c] - others[i]) / with.Length)]
        );
    }
}
