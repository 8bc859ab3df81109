using Coverslip.Slides.Images;

namespace Coverslip.Learning.Features;

/// <summary>
/// One nearest neighbor on color histograms: 16 bins of each of red, green and blue over the whole image, by L1
/// distance.
/// It sees color and nothing of the pattern, so it says how far color alone goes.
/// </summary>
public static class NearestHistogram
{
    private static readonly ColorHistogram Histogram = new(bins: 16);

    /// <summary>The histogram of an image, 3·16 shares.</summary>
    public static double[] Of(Image image) => Histogram.Describe(PatchPixels.Of(image));

    /// <summary>Share of the tested histograms whose nearest training histogram has their label.</summary>
    public static double Accuracy(
        IReadOnlyList<(double[] Histogram, string Label)> training,
        IReadOnlyList<(double[] Histogram, string Label)> tested
    ) => tested.Average(t => training.MinBy(n => Distance(n.Histogram, t.Histogram)).Label == t.Label ? 1.0 : 0.0);

    private static double Distance(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += Math.Abs(a[i] - b[i]);
        return sum;
    }
}
