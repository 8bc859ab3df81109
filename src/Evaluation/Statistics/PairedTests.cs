using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Coverslip.Evaluation.Statistics;

/// <summary>
/// Two-sided tests of whether paired figures differ: one difference per split or patient, mine minus theirs. Null where
/// a test says nothing: fewer than two differences, or all of them equal.
/// </summary>
public static class PairedTests
{
    /// <summary>Until so many differences Wilcoxon's p is exact; beyond, normal with the ties' correction.</summary>
    private const int Exact = 50;

    /// <summary>
    /// Student's paired t-test. Over splits that share training or test patients the differences are not independent,
    /// and it is optimistic.
    /// </summary>
    public static double? TTest(IReadOnlyList<double> differences) => TwoSided(differences, 1.0 / differences.Count);

    /// <summary>
    /// The t-test with the variance enlarged for resampled splits, 1/n + test/train in place of 1/n (Nadeau &amp;
    /// Bengio
    /// 2003, sec. 3, their corrected resampled t-test).
    /// </summary>
    /// <param name="differences">One per split.</param>
    /// <param name="testShare">Images tested over images trained on, on average over the splits.</param>
    public static double? CorrectedTTest(IReadOnlyList<double> differences, double testShare) =>
        double.IsFinite(testShare) && testShare > 0
            ? TwoSided(differences, 1.0 / differences.Count + testShare)
            : throw new ArgumentOutOfRangeException(
                nameof(testShare),
                testShare,
                "images tested over images trained on are above 0"
            );

    /// <summary>
    /// The mean difference with Student's 95 % interval, mean ± t s / √n; none below two differences. Over splits that
    /// share patients it is too narrow.
    /// </summary>
    public static Estimate MeanDifference(IReadOnlyList<double> differences)
    {
        if (differences.Count == 0)
            return Estimate.Undefined("there is no pair");
        if (differences.Count == 1)
            return new Estimate(differences[0], null, null, "one pair has no interval");
        var (mean, variance) = differences.MeanVariance();
        var reach = StudentT.InvCDF(0, 1, differences.Count - 1, 0.975) * Math.Sqrt(variance / differences.Count);
        return new Estimate(mean, mean - reach, mean + reach);
    }

    /// <summary>
    /// Wilcoxon's signed-rank test (1945). Differences of 0 are left out, equal ones share their ranks; null where none
    /// is
    /// left. The exact distribution is that of all signs given these ranks, ties or not.
    /// </summary>
    public static double? Wilcoxon(IReadOnlyList<double> differences)
    {
        var left = differences.Where(d => d != 0).ToArray();
        if (left.Length == 0)
            return null;
        // Twice the mid-ranks, which are whole numbers.
        var ranks = left.Select(Math.Abs).Ranks(RankDefinition.Average).Select(r => (int)Math.Round(2 * r)).ToArray();
        var positive = ranks.Where((_, i) => left[i] > 0).Sum();
        return left.Length <= Exact ? ExactSum(ranks, positive) : NormalSum(ranks, positive);
    }

    /// <summary>Holm's step-down correction (1979) of several p-values; nulls are not tests and stay null.</summary>
    public static double?[] Holm(IReadOnlyList<double?> values)
    {
        var corrected = new double?[values.Count];
        var order = Enumerable
            .Range(0, values.Count)
            .Where(i => values[i] is not null)
            .OrderBy(i => values[i])
            .ToArray();
        var least = 0.0;
        foreach (var (place, i) in order.Index())
            corrected[i] = least = Math.Max(least, Math.Min(1, (order.Length - place) * values[i]!.Value));
        return corrected;
    }

    private static double? TwoSided(IReadOnlyList<double> differences, double factor)
    {
        if (differences.Count < 2)
            return null;
        var (mean, variance) = differences.MeanVariance();
        if (differences.All(d => d == differences[0]))
            return null;
        var t = mean / Math.Sqrt(variance * factor);
        return Math.Min(1, 2 * StudentT.CDF(0, 1, differences.Count - 1, -Math.Abs(t)));
    }

    private static double ExactSum(int[] ranks, int positive)
    {
        var whole = ranks.Sum();
        var ways = new double[whole + 1]; // of the signs that give each sum
        ways[0] = 1;
        foreach (var rank in ranks)
            for (var sum = whole; sum >= rank; sum--)
                ways[sum] += ways[sum - rank];
        var tail = ways[..(Math.Min(positive, whole - positive) + 1)].Sum() / Math.Pow(2, ranks.Length);
        return Math.Min(1, 2 * tail);
    }

    private static double NormalSum(int[] ranks, int positive)
    {
        // Given the ranks, each sign is a fair coin: the sum has half their total as mean, a quarter of their squares
        // as variance.
        var deviation = Math.Sqrt(ranks.Sum(r => (double)r * r) / 4);
        return 2 * Normal.CDF(0, 1, -Math.Abs(positive - ranks.Sum() / 2.0) / deviation);
    }
}
