namespace Coverslip.Learning.Features;

/// <summary>
/// Shares of valid pixels by value of red, of green and of blue, in bins of equal width over 0 to 255.
/// </summary>
/// <param name="bins">Bins of a channel, 2 to 256.</param>
public sealed class ColorHistogram(int bins) : IImageFeatures
{
    public const string Word = "color-histogram";

    public string Name => Word;

    public int Count => 3 * bins;

    /// <summary>[3 · bins] shares: red, green, blue, each from dark to bright; each channel's sum is 1.</summary>
    public double[] Describe(PatchPixels image)
    {
        var counts = new double[Count];
        var valid = 0;
        for (var i = 0; i < image.Count; i++)
        {
            if (!image.IsValid(i))
                continue;
            valid++;
            for (var channel = 0; channel < 3; channel++)
                counts[channel * bins + image.Color(i, channel) * bins / 256]++;
        }
        for (var i = 0; i < counts.Length && valid > 0; i++)
            counts[i] /= valid;
        return counts;
    }
}
