using System.Numerics;

namespace Coverslip.Slides.Stain;

/// <summary>Mean and standard deviation of L*, a* and b* over all pixels of an image.</summary>
/// <param name="Mean">[3] L* in 0 – 100, a*, b*.</param>
/// <param name="Deviation">[3] in the same units, greater than 0.</param>
public sealed record LabStatistics(IReadOnlyList<double> Mean, IReadOnlyList<double> Deviation)
{
    private const double LeastDeviation = 0.1;

    /// <exception cref="StainException">A channel is the same everywhere.</exception>
    internal static LabStatistics Of(ColorHistogram histogram)
    {
        var colors = histogram.Occurring();
        var (sums, squares) = (new double[3], new double[3]);
        var wide = Vector<float>.Count;
        Span<float> light = stackalloc float[3 * wide],
            lab = stackalloc float[3 * wide];
        for (var first = 0; first < colors.Length; first += wide)
        {
            var several = Math.Min(wide, colors.Length - first);
            for (var i = 0; i < several; i++)
            {
                var (r, g, b) = ColorHistogram.StepsOf(colors[first + i]);
                light[i] = (float)ColorHistogram.Light[r];
                light[wide + i] = (float)ColorHistogram.Light[g];
                light[(2 * wide) + i] = (float)ColorHistogram.Light[b];
            }
            var (x, y, z) = CieLab.Roots(
                new Vector<float>(light),
                new Vector<float>(light[wide..]),
                new Vector<float>(light[(2 * wide)..])
            );
            ((y * 116) - new Vector<float>(16)).CopyTo(lab);
            ((x - y) * 500).CopyTo(lab[wide..]);
            ((y - z) * 200).CopyTo(lab[(2 * wide)..]);
            for (var i = 0; i < several; i++)
            {
                var pixels = histogram[colors[first + i]];
                for (var channel = 0; channel < 3; channel++)
                {
                    double value = lab[(channel * wide) + i];
                    sums[channel] += pixels * value;
                    squares[channel] += pixels * value * value;
                }
            }
        }
        double[] mean = [.. sums.Select(sum => sum / histogram.Pixels)];
        double[] deviation =
        [
            .. squares.Zip(mean, (square, m) => Math.Sqrt(Math.Max(0, (square / histogram.Pixels) - (m * m)))),
        ];
        var flat = Array.FindIndex(deviation, d => d < LeastDeviation);
        if (flat < 0)
            return new LabStatistics(mean, deviation);
        var channelName = ((string[])["L*", "a*", "b*"])[flat];
        throw new StainException(
            FormattableString.Invariant(
                $"{channelName} is the same nearly everywhere: deviation {deviation[flat]:F3}, under {LeastDeviation}"
            )
        );
    }
}
