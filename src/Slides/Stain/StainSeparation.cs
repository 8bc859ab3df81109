using System.Numerics;
using System.Runtime.CompilerServices;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Stain;

/// <summary>How much there is of each stain: the 99th percentile of an image's concentrations.</summary>
/// <param name="Haematoxylin">In units of density along the stain's vector.</param>
/// <param name="Eosin">In the same units.</param>
public sealed record StainStrength(double Haematoxylin, double Eosin);

/// <summary>
/// Takes an image apart into two stains and puts it together with others: concentrations by non-negative lasso with
/// λ = 0.01, as in StainTools (TIAToolbox solves plain least squares, whose concentrations may be negative).
/// </summary>
internal sealed unsafe class StainSeparation
{
    private const double Sparsity = 0.01;
    private const double StrongShare = 0.99;
    private const int Steps = 1 << 13; // of concentrations up to the largest: 0.0012 each
    private const double LeastStrength = 0.01;

    // No non-negative concentration exceeds the length of the density, as two stains never point away from each other.
    private static readonly float StepsPerUnit = (float)(Steps / (OpticalDensity.Of[0] * Math.Sqrt(3) * 1.001));

    private const int BlockPixels = 1024;

    private readonly TwoStainLasso lasso;
    private readonly Vector2[] unbounded = new Vector2[3 * 256]; // both unbounded concentrations of R, G and B values

    internal StainSeparation(StainMatrix stains)
    {
        lasso = new TwoStainLasso(stains.Haematoxylin, stains.Eosin, Sparsity);
        var nothing = lasso.Unbounded(default);
        for (var value = 0; value < 256; value++)
        {
            var d = OpticalDensity.Of[value];
            Vector2 Of(StainVector density, double share)
            {
                var (first, second) = lasso.Unbounded(density);
                return new Vector2(
                    (float)(first - (share * nothing.First)),
                    (float)(second - (share * nothing.Second))
                );
            }
            // λ's part is taken off once: with red.
            unbounded[value] = Of(new StainVector(d, 0, 0), 0);
            unbounded[256 + value] = Of(new StainVector(0, d, 0), 1);
            unbounded[512 + value] = Of(new StainVector(0, 0, d), 1);
        }
    }

    /// <summary>How strong both stains are in an image, pure black and pure white left out.</summary>
    /// <param name="image">RGB of 8 bits.</param>
    /// <param name="histogram">Its colors.</param>
    /// <exception cref="StainException">There is next to nothing of one of them.</exception>
    internal StainStrength Strength(Image image, ColorHistogram histogram)
    {
        var totals = (First: new double[Steps], Second: new double[Steps]);
        fixed (byte* pixels = image.Pixels)
        {
            var from = (nint)pixels;
            PixelBlocks.Run(
                image,
                static () => (First: new int[Steps], Second: new int[Steps]),
                (band, counts) => Count((byte*)from + (3L * band.First), band.Count, counts.First, counts.Second),
                counts =>
                {
                    for (var i = 0; i < Steps; i++)
                    {
                        totals.First[i] += counts.First[i];
                        totals.Second[i] += counts.Second[i];
                    }
                }
            );
        }
        LeaveOut(0, histogram.Black);
        LeaveOut(255, histogram.White);
        var (haematoxylin, eosin) = (Strong(totals.First), Strong(totals.Second));
        if (Math.Min(haematoxylin, eosin) >= LeastStrength)
            return new StainStrength(haematoxylin, eosin);
        throw new StainException(
            FormattableString.Invariant(
                $"one stain only: haematoxylin {haematoxylin:F3} and eosin {eosin:F3} strong; at least {LeastStrength}"
            )
        );

        void LeaveOut(byte value, long pixels)
        {
            byte* pixel = stackalloc byte[] { value, value, value };
            var (one, two) = (new int[Steps], new int[Steps]);
            Count(pixel, 1, one, two);
            totals.First[Array.IndexOf(one, 1)] -= pixels;
            totals.Second[Array.IndexOf(two, 1)] -= pixels;
        }

        static double Strong(double[] counts) => Percentile.Of(counts, StrongShare) / StepsPerUnit;
    }

    /// <summary>A new image with the concentrations times <paramref name="factor"/>, of other stains.</summary>
    internal Image Restain(Image image, StainMatrix stains, StainStrength factor)
    {
        var result = new Image(image.Width, image.Height);
        var (h, e) = (stains.Haematoxylin, stains.Eosin);
        var mix = new Mix(
            new Vector3((float)h.R, (float)h.G, (float)h.B) * (float)-factor.Haematoxylin,
            new Vector3((float)e.R, (float)e.G, (float)e.B) * (float)-factor.Eosin
        );
        fixed (
            byte* pixels = image.Pixels,
                target = result.WritablePixels
        )
        {
            var (from, to) = ((nint)pixels, (nint)target);
            PixelBlocks.Run(
                image,
                band => Restain((byte*)from + (3L * band.First), (byte*)to + (3L * band.First), band.Count, mix)
            );
        }
        return result;
    }

    private void Count(byte* pixels, int count, int[] first, int[] second)
    {
        var wide = Vector<float>.Count;
        var last = new Vector<float>(Steps - 1); // rounding must not lead out of the arrays
        float* c1 = stackalloc float[BlockPixels],
            c2 = stackalloc float[BlockPixels];
        fixed (
            int* ones = first,
                twos = second
        )
        {
            for (var done = 0; done < count; done += BlockPixels)
            {
                var block = Math.Min(BlockPixels, count - done);
                LookUp(pixels + (3L * done), block, c1, c2);
                for (var i = 0; i < block; i += wide)
                {
                    var (one, two) = lasso.Bound(Vector.Load(c1 + i), Vector.Load(c2 + i));
                    Vector.Store(Vector.Min(one * StepsPerUnit, last), c1 + i);
                    Vector.Store(Vector.Min(two * StepsPerUnit, last), c2 + i);
                }
                for (var i = 0; i < block; i++)
                {
                    ones[(int)c1[i]]++;
                    twos[(int)c2[i]]++;
                }
            }
        }
    }

    private void Restain(byte* pixels, byte* target, int count, Mix mix)
    {
        var wide = Vector<float>.Count;
        float* c1 = stackalloc float[BlockPixels],
            c2 = stackalloc float[BlockPixels];
        int* r = stackalloc int[BlockPixels],
            g = stackalloc int[BlockPixels],
            b = stackalloc int[BlockPixels];
        for (var done = 0; done < count; done += BlockPixels)
        {
            var block = Math.Min(BlockPixels, count - done);
            LookUp(pixels + (3L * done), block, c1, c2);
            for (var i = 0; i < block; i += wide)
            {
                var (one, two) = lasso.Bound(Vector.Load(c1 + i), Vector.Load(c2 + i));
                Vector.Store(Value((one * mix.First.X) + (two * mix.Second.X)), r + i);
                Vector.Store(Value((one * mix.First.Y) + (two * mix.Second.Y)), g + i);
                Vector.Store(Value((one * mix.First.Z) + (two * mix.Second.Z)), b + i);
            }
            var to = target + (3L * done);
            for (var i = 0; i < block; i++, to += 3)
            {
                to[0] = (byte)r[i];
                to[1] = (byte)g[i];
                to[2] = (byte)b[i];
            }
        }
    }

    /// <summary>The unbounded concentrations of some pixels.</summary>
    private void LookUp(byte* pixels, int count, float* first, float* second)
    {
        fixed (Vector2* table = unbounded)
        {
            for (var i = 0; i < count; i++, pixels += 3)
            {
                var both = table[pixels[0]] + table[256 + pixels[1]] + table[512 + pixels[2]];
                first[i] = both.X;
                second[i] = both.Y;
            }
        }
    }

    /// <summary>255 · exp(<paramref name="minusDensity"/>), rounded; the density is not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<int> Value(Vector<float> minusDensity) =>
        Vector.ConvertToInt32((Vector.Exp(minusDensity) * 255) + new Vector<float>(0.5f));

    /// <summary>Minus the densities in R, G, B that a unit of each source stain gets.</summary>
    private readonly record struct Mix(Vector3 First, Vector3 Second);
}
