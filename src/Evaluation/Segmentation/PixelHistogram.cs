namespace Coverslip.Evaluation.Segmentation;

/// <summary>
/// Pixels of foreground and of background by their probability, in a thousand bins of equal width: enough for every
/// figure of pixels, without keeping the pixels. Probabilities of one bin count as equal; 0.5 is the first of its bin.
/// </summary>
public sealed class PixelHistogram
{
    public const int Bins = 1000;
    private readonly long[] foreground = new long[Bins];
    private readonly long[] background = new long[Bins];

    /// <summary>[Bins] pixels that truly are foreground.</summary>
    public ReadOnlySpan<long> Foreground => foreground;

    /// <summary>[Bins] pixels that truly are background.</summary>
    public ReadOnlySpan<long> Background => background;

    /// <summary>The bin of a probability.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static int BinOf(double probability) =>
        probability is >= 0 and <= 1
            ? Math.Min(Bins - 1, (int)(probability * Bins))
            : throw new ArgumentException($"a pixel's probability is {probability}; it goes from 0 to 1");

    /// <summary>Counts one pixel.</summary>
    public void Add(double probability, bool isForeground) =>
        (isForeground ? foreground : background)[BinOf(probability)]++;

    /// <summary>Counts pixels of a bin.</summary>
    public void Add(int bin, long ofForeground, long ofBackground)
    {
        foreground[bin] += ofForeground;
        background[bin] += ofBackground;
    }

    /// <summary>Counts all of another one, so many times.</summary>
    public void Add(PixelHistogram other, int times = 1)
    {
        for (var bin = 0; bin < Bins; bin++)
            Add(bin, times * other.foreground[bin], times * other.background[bin]);
    }

    /// <summary>The counts where pixels of at least a probability are called foreground.</summary>
    public PixelCounts At(double threshold = 0.5)
    {
        var first = (int)Math.Ceiling((threshold * Bins) - 1e-9);
        var (found, wrong) = (0L, 0L);
        for (var bin = first; bin < Bins; bin++)
            (found, wrong) = (found + foreground[bin], wrong + background[bin]);
        return new PixelCounts(found, wrong, foreground.Sum() - found, background.Sum() - wrong);
    }

    /// <summary>
    /// Σ (R_n − R_{n−1}) P_n from the highest bin down, as scikit-learn's <c>average_precision_score</c> of the binned
    /// probabilities; not a number without foreground.
    /// </summary>
    public double AveragePrecision()
    {
        double truePositives = 0,
            falsePositives = 0,
            sum = 0;
        for (var bin = Bins - 1; bin >= 0; bin--)
        {
            truePositives += foreground[bin];
            falsePositives += background[bin];
            if (foreground[bin] > 0)
                sum += foreground[bin] * truePositives / (truePositives + falsePositives);
        }
        return truePositives > 0 ? sum / truePositives : double.NaN;
    }
}

/// <summary>Pixels by truth and call.</summary>
/// <param name="TruePositives">Foreground that was found.</param>
/// <param name="FalsePositives">Background that was called foreground.</param>
/// <param name="FalseNegatives">Foreground that was missed.</param>
/// <param name="TrueNegatives">Background that was left alone.</param>
public readonly record struct PixelCounts(
    long TruePositives,
    long FalsePositives,
    long FalseNegatives,
    long TrueNegatives
)
{
    /// <summary>Share of what was called foreground that is; not a number where nothing was.</summary>
    public double Precision => (double)TruePositives / (TruePositives + FalsePositives);

    /// <summary>Share of the foreground that was found; not a number without foreground.</summary>
    public double Recall => (double)TruePositives / (TruePositives + FalseNegatives);

    /// <summary>2 TP / (2 TP + FP + FN); not a number where there is foreground neither in truth nor in the calls.</summary>
    public double F1 => 2.0 * TruePositives / ((2 * TruePositives) + FalsePositives + FalseNegatives);

    /// <summary>TP / (TP + FP + FN).</summary>
    public double Iou => (double)TruePositives / (TruePositives + FalsePositives + FalseNegatives);
}
