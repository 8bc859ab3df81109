namespace Coverslip.Learning.Masks;

/// <summary>Where a set of weighted values parts in two, and where its outliers begin.</summary>
internal static class ThresholdFit
{
    /// <summary>
    /// Otsu's cut: where the variance between the two sides is greatest; null where all values are equal.
    /// </summary>
    internal static TwoSides? Cut(IReadOnlyList<(double Value, double Weight)> values)
    {
        var sorted = values.Where(v => v.Weight > 0).OrderBy(v => v.Value).ToArray();
        double total = sorted.Sum(v => v.Weight),
            sum = sorted.Sum(v => v.Weight * v.Value),
            squares = sorted.Sum(v => v.Weight * v.Value * v.Value);
        double weight = 0,
            part = 0,
            best = 0;
        (double Cut, double Distance, double Below) found = default;
        for (var i = 0; i + 1 < sorted.Length; i++)
        {
            weight += sorted[i].Weight;
            part += sorted[i].Weight * sorted[i].Value;
            if (sorted[i].Value == sorted[i + 1].Value)
                continue;
            var distance = (sum - part) / (total - weight) - part / weight;
            var between = weight * (total - weight) * distance * distance / total;
            if (between > best)
                (best, found) = (between, ((sorted[i].Value + sorted[i + 1].Value) / 2, distance, weight / total));
        }
        var within = Math.Sqrt(Math.Max(0, squares - sum * sum / total - best) / total);
        return best > 0 ? new TwoSides(found.Cut, found.Distance, within, found.Below) : null;
    }

    /// <summary>
    /// The median moved by <paramref name="deviations"/> robust standard deviations (1.4826 times the median distance
    /// from the median, at least <paramref name="least"/>); negative moves down.
    /// </summary>
    internal static double Outliers(
        IReadOnlyList<(double Value, double Weight)> values,
        double deviations,
        double least
    )
    {
        var median = Median(values);
        var distance = Median([.. values.Select(v => (Math.Abs(v.Value - median), v.Weight))]);
        return median + deviations * Math.Max(least, 1.4826 * distance);
    }

    private static double Median(IReadOnlyList<(double Value, double Weight)> values)
    {
        double half = values.Sum(v => v.Weight) / 2,
            passed = 0;
        foreach (var (value, weight) in values.OrderBy(v => v.Value))
        {
            passed += weight;
            if (passed >= half)
                return value;
        }
        throw new ArgumentException("no values, or none of any weight", nameof(values));
    }
}

/// <summary>Values parted in two.</summary>
/// <param name="Cut">Between the sides.</param>
/// <param name="Distance">Between the sides' means.</param>
/// <param name="Within">Standard deviation within the sides.</param>
/// <param name="Below">Share of the weight below the cut.</param>
internal readonly record struct TwoSides(double Cut, double Distance, double Within, double Below);
