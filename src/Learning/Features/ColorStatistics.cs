namespace Coverslip.Learning.Features;

/// <summary>
/// Of an image's valid pixels: shares in 16 bins of red, green, blue, hue, saturation and value, and mean and deviation of red,
/// green and blue, all in [0, 1].
/// </summary>
internal sealed class ColorStatistics : IImageFeatures
{
    private const int Bins = 16;

    public string Name => "color-statistics";

    public int Count => 6 * Bins + 6;

    /// <inheritdoc/>
    public double[] Describe(PatchPixels image)
    {
        var described = new double[Count];
        var (sums, squares) = (new double[3], new double[3]);
        var valid = 0;
        Span<double> channels = stackalloc double[6];
        for (var i = 0; i < image.Count; i++)
        {
            if (!image.IsValid(i))
                continue;
            valid++;
            for (var c = 0; c < 3; c++)
            {
                channels[c] = image.Color(i, c) / 255.0;
                sums[c] += channels[c];
                squares[c] += channels[c] * channels[c];
            }
            (channels[3], channels[4], channels[5]) = Hsv(channels[0], channels[1], channels[2]);
            for (var c = 0; c < 6; c++)
                described[c * Bins + Math.Min((int)(channels[c] * Bins), Bins - 1)]++;
        }
        if (valid == 0)
            return described;
        for (var i = 0; i < 6 * Bins; i++)
            described[i] /= valid;
        for (var c = 0; c < 3; c++)
        {
            described[6 * Bins + c] = sums[c] / valid;
            described[6 * Bins + 3 + c] = Math.Sqrt(Math.Max(0, squares[c] / valid - Math.Pow(sums[c] / valid, 2)));
        }
        return described;
    }

    /// <summary>Hue (a turn is 1), saturation, value (Smith 1978).</summary>
    private static (double Hue, double Saturation, double Value) Hsv(double red, double green, double blue)
    {
        var (most, least) = (Math.Max(red, Math.Max(green, blue)), Math.Min(red, Math.Min(green, blue)));
        var spread = most - least;
        if (spread == 0)
            return (0, 0, most);
        var sixth =
            most == red ? (green - blue) / spread
            : most == green ? (blue - red) / spread + 2
            : (red - green) / spread + 4;
        return ((sixth / 6 + 1) % 1, spread / most, most);
    }
}
