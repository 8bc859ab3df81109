using Coverslip.Files;
using Coverslip.Learning.Features;

namespace Coverslip.Methods.Classical;

/// <summary>
/// Parameter-free threshold adjacency statistics. Threshold adjacency statistics (Hamilton et al. 2007, BMC
/// Bioinformatics 8:110) are the shares of white pixels of a black-and-white image that have 0, 1, … 8 white
/// neighbors. Parameter-free (Coelho et al. 2010, Structured literature image finder): Otsu's threshold finds the
/// bright pixels; with their mean μ and deviation σ, three images are made of each channel, white where μ − σ &lt;
/// value &lt; μ + σ, where value &gt; μ − σ, and where value &gt; μ; and each of the three is also taken with black and
/// white exchanged. Spanhol et al. (2016, IEEE TBME 63:1455) take them of red, green and blue: 3 · 54 = 162.
/// </summary>
internal sealed class Pftas : IImageFeatures
{
    internal const string Word = "pftas";

    private const int Bins = 9,
        Images = 3,
        PerChannel = 2 * Images * Bins;

    public string Name => Word;

    public int Count => 3 * PerChannel;

    /// <summary>
    /// [162]: red, green, blue; of each the three images and then the three exchanged ones; of each 9 shares.
    /// Thresholds are of valid pixels; a masked pixel is neither white nor black, and at the border the image repeats
    /// its edge.
    /// </summary>
    public double[] Describe(PatchPixels image)
    {
        var features = new double[Count];
        var frame = new Frame(image);
        var valid = frame.Sums(frame.Valid);
        for (var channel = 0; channel < 3; channel++)
        {
            var (mean, deviation) = Bright(image, channel);
            var (low, high) = (mean - deviation, mean + deviation);
            Predicate<byte>[] white = [v => v > low && v < high, v => v > low, v => v > mean];
            for (var i = 0; i < Images; i++)
            {
                var start = channel * PerChannel + i * Bins;
                var plane = frame.Plane(image, channel, white[i]);
                Adjacency(
                    frame,
                    plane,
                    valid,
                    features.AsSpan(start, Bins),
                    features.AsSpan(start + Images * Bins, Bins)
                );
            }
        }
        return features;
    }

    /// <summary>Mean and deviation of the valid pixels above Otsu's threshold; zeros where there are none.</summary>
    private static (double Mean, double Deviation) Bright(PatchPixels image, int channel)
    {
        var histogram = new long[256];
        for (var i = 0; i < image.Count; i++)
            if (image.IsValid(i))
                histogram[image.Color(i, channel)]++;
        var threshold = Otsu.Of(histogram).Threshold;
        double count = 0,
            sum = 0,
            squares = 0;
        for (var value = threshold + 1; value < 256; value++)
        {
            count += histogram[value];
            sum += (double)value * histogram[value];
        }
        if (count == 0)
            return (0, 0);
        var mean = sum / count;
        for (var value = threshold + 1; value < 256; value++)
            squares += (value - mean) * (value - mean) * histogram[value];
        return (mean, Math.Sqrt(squares / count));
    }

    private static void Adjacency(Frame frame, byte[] plane, byte[] valid, Span<double> white, Span<double> black)
    {
        var sums = frame.Sums(plane);
        for (var i = 0; i < sums.Length; i++)
        {
            var at = frame.Inside(i);
            if (frame.Valid[at] == 0)
                continue;
            if (plane[at] != 0)
                white[sums[i] - 1]++;
            else
                black[valid[i] - sums[i] - 1]++;
        }
        Share(white);
        Share(black);
    }

    private static void Share(Span<double> counts)
    {
        var all = 0.0;
        foreach (var count in counts)
            all += count;
        for (var i = 0; i < counts.Length && all > 0; i++)
            counts[i] /= all;
    }

    /// <summary>Planes of zeros and ones with the image's edge repeated around it.</summary>
    private sealed class Frame
    {
        private readonly int height,
            width;

        internal Frame(PatchPixels image)
        {
            (height, width) = (image.Height, image.Width);
            Valid = Filled(image.IsValid);
        }

        internal byte[] Valid { get; }

        internal byte[] Plane(PatchPixels image, int channel, Predicate<byte> white) =>
            Filled(i => image.IsValid(i) && white(image.Color(i, channel)));

        /// <summary>Where pixel <paramref name="i"/> of the image lies in a plane.</summary>
        internal int Inside(int i) => (i / width + 1) * (width + 2) + i % width + 1;

        /// <summary>[H · W] ones among a pixel and its 8 neighbors.</summary>
        internal byte[] Sums(byte[] plane)
        {
            var sums = new byte[height * width];
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var at = y * (width + 2) + x;
                    var sum = 0;
                    for (var row = 0; row < 3; row++, at += width + 2)
                        sum += plane[at] + plane[at + 1] + plane[at + 2];
                    sums[y * width + x] = (byte)sum;
                }
            }
            return sums;
        }

        private byte[] Filled(Predicate<int> one)
        {
            var plane = new byte[(height + 2) * (width + 2)];
            for (var y = 0; y < height + 2; y++)
            {
                var row = Math.Clamp(y - 1, 0, height - 1) * width;
                for (var x = 0; x < width + 2; x++)
                    plane[y * (width + 2) + x] = one(row + Math.Clamp(x - 1, 0, width - 1)) ? (byte)1 : (byte)0;
            }
            return plane;
        }
    }
}
