namespace Coverslip.Methods.SagaNet.Masks;

/// <summary>Where a set of weighted values parts in two, and where its outliers begin.</summary>
internal static class ThresholdFit
{
    /// <summary>
    /// Otsu's cut (the greatest variance between the two sides) if the sides stand clearly apart, else null. Clearly apart
    /// means a distance of the means of at least <paramref name="separation"/> times the deviation within the sides: a
    /// normal distribution cut in half has 2.7, a uniform one 3.5; two normal ones that hardly overlap have 6.
    /// </summary>
    internal static double? Cut(IReadOnlyList<(double Value, double Weight)> values, double separation)
    {
        var sorted = values.Where(v => v.Weight > 0).OrderBy(v => v.Value).ToArray();
        double total = sorted.Sum(v => v.Weight), sum = sorted.Sum(v => v.Weight * v.Value), squares = sorted.Sum(v => v.Weight * v.Value * v.Value);
        double weight = 0, part = 0, best = 0;
        (double Cut, double Distance) found = (0, 0);
        for (var i = 0; i + 1 < sorted.Length; i++)
        {
            weight += sorted[i].Weight;
            part += sorted[i].Weight * sorted[i].Value;
            if (sorted[i].Value == sorted[i + 1].Value) continue;
            var distance = (sum - part) / (total - weight) - part / weight;
            var between = weight * (total - weight) * distance * distance / total;
            if (between > best) (best, found) = (between, ((sorted[i].Value + sorted[i + 1].Value) / 2, distance));
        }
        var within = Math.Sqrt(Math.Max(0, squares - sum * sum / total - best) / total);
        return best > 0 && found.Distance >= separation * within ? found.Cut : null;
    }

    /// <summary>
    /// The median moved by <paramref name="deviations"/> robust standard deviations (1.4826 times the median distance
    /// from the median, at least <paramref name="least"/>); negative moves down.
    /// </summary>
    internal static double Outliers(IReadOnlyList<(double Value, double Weight)> values, double deviations, double least)
    {
        var median = Median(values);
        var distance = Median([.. values.Select(v => (Math.Abs(v.Value - median), v.Weight))]);
        return median + deviations * Math.Max(least, 1.4826 * distance);
    }

    private static double Median(IReadOnlyList<(double Value, double Weight)> values)
    {
        double half = values.Sum(v => v.Weight) / 2, passed = 0;
        foreach (var (value, weight) in values.OrderBy(v => v.Value))
        {
            passed += weight;
            if (passed >= half) return value;
        }
        throw new ArgumentException("no values, or none of any weight", nameof(values));
    }
}
