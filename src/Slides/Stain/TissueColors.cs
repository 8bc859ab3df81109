using System.Numerics;

namespace Coverslip.Slides.Stain;

/// <summary>
/// The colors of an image's tissue: their densities, and the share of the tissue's pixels that each has. The arrays
/// are filled up to whole SIMD vectors with colors of weight 0.
/// </summary>
internal sealed class TissueColors
{
    // Blank, single-colored and gray images stay below these. The least that 600 images of real H&E have, patches of
    // 50 × 50 pixels among them: 0.012, 0.057 and 2.4°. With less than 1 % the 99th percentile of concentrations, taken
    // over all pixels, would be that of the glass.
    private const double LeastShare = 0.01;
    private const double LeastSpread = 0.03;
    private const double LeastDegreesFromGray = 1.5;

    /// <summary>
    /// The luminance below which a pixel is tissue: L* below 0.8 of its range, as StainTools computes it with OpenCV's
    /// 8 bits, whose first value not below is 204 (203.5 / 2.55 = 79.8 unrounded).
    /// </summary>
    private static readonly double TissueLuminance = Math.Pow(((203.5 / 2.55) + 16) / 116, 3);

    private TissueColors(int[] colors, ColorHistogram histogram, DensityMoments moments)
    {
        Count = colors.Length;
        Moments = moments;
        var padded = (Count + Vector<float>.Count - 1) / Vector<float>.Count * Vector<float>.Count;
        (R, G, B, Weight) = (new float[padded], new float[padded], new float[padded], new float[padded]);
        for (var i = 0; i < Count; i++)
        {
            var (r, g, b) = ColorHistogram.StepsOf(colors[i]);
            (R[i], G[i], B[i]) = (Density(r), Density(g), Density(b));
            Weight[i] = (float)(histogram[colors[i]] / moments.Pixels);
        }
        static float Density(int step) => (float)ColorHistogram.Density[step];
    }

    /// <summary>Colors.</summary>
    internal int Count { get; }

    /// <summary>Optical density in red.</summary>
    internal float[] R { get; }

    /// <summary>Optical density in green.</summary>
    internal float[] G { get; }

    /// <summary>Optical density in blue.</summary>
    internal float[] B { get; }

    /// <summary>Shares of the pixels; they sum to 1.</summary>
    internal float[] Weight { get; }

    /// <summary>Mean and covariance of the densities.</summary>
    internal DensityMoments Moments { get; }

    /// <summary>The colors of the pixels that are darker than 0.8 of L*'s range.</summary>
    /// <param name="histogram">Of the image.</param>
    /// <param name="saturated">Whether pixels with a channel at 0 count, whose density has no upper bound.</param>
    /// <exception cref="StainException">There is no tissue, or it is of one color, gray, or all saturated.</exception>
    internal static TissueColors Of(ColorHistogram histogram, bool saturated)
    {
        var (colors, moments) = Require(histogram);
        if (saturated)
            return new TissueColors(colors, histogram, moments);

        var measured = Array.FindAll(colors, c => ColorHistogram.StepsOf(c) is { R: > 0, G: > 0, B: > 0 });
        moments = new DensityMoments(measured, histogram);
        if (moments.Pixels / histogram.Pixels >= LeastShare)
            return new TissueColors(measured, histogram, moments);
        throw new StainException("too dark: nearly all of the tissue has a channel at 0, whose density is unknown");
    }

    /// <summary>The same colors, saturated ones among them, in the histogram's numbers, and their moments.</summary>
    /// <exception cref="StainException">There is no tissue, or it is of one color or gray.</exception>
    internal static (int[] Colors, DensityMoments Moments) Require(ColorHistogram histogram)
    {
        if (histogram.Pixels == 0 && histogram.Black > 0)
            throw new StainException("no tissue: every pixel is pure black or pure white");
        var colors = histogram.Occurring(below: TissueLuminance);
        var moments = new DensityMoments(colors, histogram);
        var share = moments.Pixels / histogram.All;
        if (share < LeastShare)
        {
            throw new StainException(
                FormattableString.Invariant(
                    $"no tissue: {share:P2} of the pixels are darker than L* 80; at least {LeastShare:P0} have to be"
                )
            );
        }
        if (moments.Spread < LeastSpread)
        {
            throw new StainException(
                FormattableString.Invariant(
                    $"a single color: densities spread by {moments.Spread:F3}; at least {LeastSpread} are needed"
                )
            );
        }
        var degrees = moments.Mean.DegreesTo(new StainVector(1, 1, 1));
        if (degrees < LeastDegreesFromGray)
        {
            throw new StainException(
                FormattableString.Invariant(
                    $"gray: the mean density is {degrees:F2}° from gray; at least {LeastDegreesFromGray}° are needed"
                )
            );
        }
        return (colors, moments);
    }
}
