using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tissue;

/// <summary>
/// Finds creases: long and narrow, and darker than the tissue is in the middle by two of its spreads. Rows of dense nuclei
/// can look alike, so that folds are told and not left out.
/// </summary>
internal static class FoldFinder
{
    private const double Spreads = 2;
    private const double LeastArea = 0.0016; // mm²

    /// <summary>How many times as long as wide, by second moments.</summary>
    private const double LeastElongation = 3;
    private const int Steps = 64; // of optical density

    /// <summary>[H · W] whether a pixel of the tissue is in a fold.</summary>
    public static bool[] Find(Image picture, Image tissue, double pixelArea)
    {
        var density = new int[picture.Width * picture.Height];
        var histogram = new long[1 << 9];
        for (var i = 0; i < density.Length; i++)
        {
            if (tissue.Pixels[i] == 0)
                continue;
            density[i] = Density(picture.Pixels.Slice(3 * i, 3));
            histogram[density[i]]++;
        }
        var middle = Median(histogram);
        var distances = new long[histogram.Length];
        for (var value = 0; value < histogram.Length; value++)
            distances[Math.Abs(value - middle)] += histogram[value];
        // 1.4826 medians of the distance from the median are a normal distribution's deviation.
        var least = middle + Math.Max(Steps / 8, Spreads * 1.4826 * Median(distances));
        using var mask = new Image(picture.Width, picture.Height, channels: 1);
        for (var i = 0; i < density.Length; i++)
            mask.WritablePixels[i] = density[i] > least ? byte.MaxValue : (byte)0;
        var pieces = Components.Find(mask);
        var isFold = Long(pieces, picture.Width, LeastArea * 1e6 / pixelArea);
        // Its edges are paler.
        return ArtifactMap.Widened([.. pieces.Labels.Select(label => isFold[label])], picture.Width);
    }

    private static int Density(ReadOnlySpan<byte> pixel)
    {
        var sum = 0.0;
        foreach (var value in pixel)
            sum -= Math.Log((value + 1) / 256.0);
        return (int)(sum / 3 * Steps);
    }

    private static int Median(long[] histogram)
    {
        var (half, sum, value) = (histogram.Sum() / 2, 0L, 0);
        while (value < histogram.Length - 1 && (sum += histogram[value]) <= half)
            value++;
        return value;
    }

    private static bool[] Long(ComponentMap pieces, int width, double leastArea)
    {
        var moments = new (double N, double X, double Y, double XX, double YY, double XY)[pieces.Count + 1];
        for (var i = 0; i < pieces.Labels.Length; i++)
        {
            if (pieces.Labels[i] == 0)
                continue;
            ref var m = ref moments[pieces.Labels[i]];
            double x = i % width,
                y = i / width;
            m = (m.N + 1, m.X + x, m.Y + y, m.XX + (x * x), m.YY + (y * y), m.XY + (x * y));
        }
        var isLong = new bool[moments.Length];
        for (var label = 1; label < moments.Length; label++)
        {
            var (n, x, y, xx, yy, xy) = moments[label];
            if (n < leastArea)
                continue;
            var (a, b, c) = ((xx / n) - (x * x / n / n), (yy / n) - (y * y / n / n), (xy / n) - (x * y / n / n));
            var root = Math.Sqrt((((a - b) * (a - b)) / 4) + (c * c));
            var (along, across) = (((a + b) / 2) + root, Math.Max(0.1, ((a + b) / 2) - root));
            isLong[label] = along >= LeastElongation * LeastElongation * across;
        }
        return isLong;
    }
}
