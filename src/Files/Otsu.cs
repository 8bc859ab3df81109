namespace Coverslip.Files;

/// <summary>The threshold that parts a histogram into two classes with the greatest variance between them.</summary>
/// <param name="Threshold">Values above it are the upper class.</param>
/// <param name="Contrast">The upper class's mean less the lower one's; 0 where there is only one value.</param>
/// <param name="LowerSpread">Standard deviation of the lower class.</param>
public readonly record struct Otsu(int Threshold, double Contrast, double LowerSpread)
{
    /// <summary>
    /// One lump of values that Otsu's threshold cuts in two has a contrast of 2.7 (a bell), 3.5 (flat) or 4.7 (falling
    /// exponentially) spreads of its lower part; two classes have more.
    /// </summary>
    private const double LeastSpreads = 5;

    /// <summary>Whether the threshold parts two classes, and does not cut one in two; values are whole.</summary>
    public bool PartsTwo => Contrast >= LeastSpreads * Math.Max(1, LowerSpread);

    /// <summary>Otsu 1979, "A threshold selection method from gray-level histograms", eq. 14 to 18.</summary>
    /// <param name="histogram">[values] counts.</param>
    public static Otsu Of(ReadOnlySpan<long> histogram)
    {
        var (total, sum) = (0L, 0.0);
        for (var value = 0; value < histogram.Length; value++)
            (total, sum) = (total + histogram[value], sum + ((double)value * histogram[value]));
        var (below, sumBelow, best, found) = (0L, 0.0, -1.0, (Threshold: 0, Contrast: 0.0));
        for (var value = 0; value < histogram.Length - 1; value++)
        {
            below += histogram[value];
            sumBelow += (double)value * histogram[value];
            if (below == 0 || below == total)
                continue;
            var contrast = ((sum - sumBelow) / (total - below)) - (sumBelow / below);
            var between = (double)below * (total - below) * contrast * contrast;
            if (between > best)
                (best, found) = (between, (value, contrast));
        }
        return new Otsu(found.Threshold, found.Contrast, Spread(histogram[..(found.Threshold + 1)]));
    }

    /// <summary>The contrast at a threshold that was given; 0 where all values lie on one side.</summary>
    /// <param name="histogram">[256] counts.</param>
    /// <param name="threshold">Values above it are the upper class.</param>
    public static Otsu At(ReadOnlySpan<long> histogram, int threshold)
    {
        var (lower, upper) = (Mean(histogram, 0, threshold + 1), Mean(histogram, threshold + 1, histogram.Length));
        var contrast = double.IsNaN(upper - lower) ? 0 : upper - lower;
        return new Otsu(threshold, contrast, Spread(histogram[..(threshold + 1)]));
    }

    private static double Spread(ReadOnlySpan<long> histogram)
    {
        var mean = Mean(histogram, 0, histogram.Length);
        var (count, sum) = (0L, 0.0);
        for (var value = 0; value < histogram.Length; value++)
            (count, sum) = (count + histogram[value], sum + (histogram[value] * (value - mean) * (value - mean)));
        return count == 0 ? 0 : Math.Sqrt(sum / count);
    }

    private static double Mean(ReadOnlySpan<long> histogram, int from, int to)
    {
        var (count, sum) = (0L, 0.0);
        for (var value = from; value < to; value++)
            (count, sum) = (count + histogram[value], sum + ((double)value * histogram[value]));
        return sum / count;
    }
}
