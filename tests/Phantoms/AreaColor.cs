namespace Coverslip.Phantoms.Tests;

/// <summary>
/// What the published validity rules look at: an area's mean color and the mean of its channels' deviations.
/// </summary>
internal sealed record AreaColor(double R, double G, double B, double Deviation)
{
    public double Redness => ((R + B) / 2) - G;

    /// <summary>Liu &amp; Sun 2021, sec. 3.1.1: mean in [78, 158], redness at most 37, deviation above 35.</summary>
    public bool Passes => Bright(R) && Bright(G) && Bright(B) && Redness <= 37 && Deviation > 35;

    public static AreaColor? Of(PhantomPatch patch, TissueKind kind)
    {
        double[] sums = [0, 0, 0];
        double[] squares = [0, 0, 0];
        var count = 0;
        var pixels = patch.Image.Pixels;
        for (var i = 0; i < patch.Regions.Length; i++)
        {
            if (patch.Regions[i] != kind)
                continue;
            count++;
            for (var c = 0; c < 3; c++)
            {
                double value = pixels[(3 * i) + c];
                sums[c] += value;
                squares[c] += value * value;
            }
        }
        if (count < 400)
            return null;
        var means = sums.Select(sum => sum / count).ToArray();
        var deviation = squares.Zip(means, (square, mean) => Math.Sqrt((square / count) - (mean * mean))).Average();
        return new AreaColor(means[0], means[1], means[2], deviation);
    }

    private static bool Bright(double mean) => mean is >= 78 and <= 158;
}
