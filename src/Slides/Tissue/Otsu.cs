namespace Coverslip.Slides.Tissue;

/// <summary>The threshold that parts a histogram into two classes with the greatest variance between them.</summary>
/// <param name="Threshold">Values above it are the upper class.</param>
/// <param name="Contrast">The upper class's mean less the lower one's; 0 where there is only one value.</param>
public readonly record struct Otsu(int Threshold, double Contrast)
{
    /// <summary>Otsu 1979, "A threshold selection method from gray-level histograms", eq. 14 to 18.</summary>
    /// <param name="histogram">[256] counts.</param>
    public static Otsu Of(ReadOnlySpan<long> histogram)
    {
        var (total, sum) = (0L, 0.0);
        for (var value = 0; value < histogram.Length; value++)
            (total, sum) = (total + histogram[value], sum + ((double)value * histogram[value]));
        var (below, sumBelow, best, found) = (0L, 0.0, -1.0, default(Otsu));
        for (var value = 0; value < histogram.Length - 1; value++)
        {
            below += histogram[value];
            sumBelow += (double)value * histogram[value];
            if (below == 0 || below == total)
                continue;
            var contrast = ((sum - sumBelow) / (total - below)) - (sumBelow / below);
            var between = (double)below * (total - below) * contrast * contrast;
            if (between > best)
                (best, found) = (between, new Otsu(value, contrast));
        }
        return found;
    }

    /// <summary>The contrast at a threshold that was given; 0 where all values lie on one side.</summary>
    /// <param name="histogram">[256] counts.</param>
    /// <param name="threshold">Values above it are the upper class.</param>
    public static Otsu At(ReadOnlySpan<long> histogram, int threshold)
    {
        var (lower, upper) = (Mean(histogram, 0, threshold + 1), Mean(histogram, threshold + 1, histogram.Length));
        return new Otsu(threshold, upper - lower is var contrast && double.IsNaN(contrast) ? 0 : contrast);
    }

    private static double Mean(ReadOnlySpan<long> histogram, int from, int to)
    {
        var (count, sum) = (0L, 0.0);
        for (var value = from; value < to; value++)
            (count, sum) = (count + histogram[value], sum + ((double)value * histogram[value]));
        return sum / count;
    }
}
