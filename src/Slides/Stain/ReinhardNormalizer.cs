using System.Numerics;
using System.Runtime.CompilerServices;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Stain;

/// <summary>
/// Reinhard's normalization: mean and deviation of L*, a* and b* become the reference's (Reinhard et al. 2001, in CIE
/// L*a*b* instead of lαβ). Definitions are those of TIAToolbox 2.0: all pixels, no luminosity standardization. L*a*b*
/// is not rounded to the 8 bits in which TIAToolbox computes.
/// </summary>
/// <param name="Target">Of the reference.</param>
public sealed record ReinhardNormalizer(LabStatistics Target) : IStainNormalizer
{
    public StainMethod Method => StainMethod.Reinhard;

    /// <inheritdoc/>
    public IStainTransform Measure(Image source) => new Transform(StatisticsOf(source), Target);

    /// <inheritdoc/>
    public Image Apply(Image image) => Measure(image).Apply(image);

    internal static ReinhardNormalizer Fit(Image reference) => new(StatisticsOf(reference));

    private static LabStatistics StatisticsOf(Image image)
    {
        using var histogram = ColorHistogram.Of(image);
        TissueColors.Require(histogram);
        return LabStatistics.Of(histogram);
    }

    /// <summary>
    /// Each of L*, a* and b* times a factor, and moved; in the roots of <see cref="CieLab"/> as linear.
    /// </summary>
    private sealed unsafe class Transform : IStainTransform
    {
        private const int BlockPixels = 1024;
        private static readonly float[] Light = [.. LinearLight.Of.Select(light => (float)light)];
        private readonly float factorL,
            factorA,
            factorB;
        private readonly Vector<float> movedY,
            movedX,
            movedZ; // of the roots

        internal Transform(LabStatistics source, LabStatistics target)
        {
            double Factor(int channel) => target.Deviation[channel] / source.Deviation[channel];
            double Moved(int channel) => target.Mean[channel] - (Factor(channel) * source.Mean[channel]);
            (factorL, factorA, factorB) = ((float)Factor(0), (float)Factor(1), (float)Factor(2));
            movedY = new Vector<float>((float)((16 - (16 * Factor(0)) + Moved(0)) / 116));
            movedX = new Vector<float>((float)(Moved(1) / 500));
            movedZ = new Vector<float>((float)(Moved(2) / 200));
        }

        public Image Apply(Image image)
        {
            StainNormalizer.Check(image);
            var result = new Image(image.Width, image.Height);
            fixed (
                byte* pixels = image.Pixels,
                    target = result.WritablePixels
            )
            {
                var (from, to) = ((nint)pixels, (nint)target);
                PixelBlocks.Run(
                    image,
                    band => Apply((byte*)from + (3L * band.First), (byte*)to + (3L * band.First), band.Count)
                );
            }
            return result;
        }

        private void Apply(byte* pixels, byte* target, int count)
        {
            float* r = stackalloc float[BlockPixels],
                g = stackalloc float[BlockPixels];
            float* b = stackalloc float[BlockPixels];
            fixed (float* light = Light)
            fixed (byte* values = LinearLight.Values)
            {
                for (var done = 0; done < count; done += BlockPixels)
                {
                    var block = Math.Min(BlockPixels, count - done);
                    byte* from = pixels + (3L * done),
                        to = target + (3L * done);
                    for (var i = 0; i < block; i++, from += 3)
                    {
                        r[i] = light[from[0]];
                        g[i] = light[from[1]];
                        b[i] = light[from[2]];
                    }
                    for (var i = 0; i < block; i += Vector<float>.Count)
                        Move(r + i, g + i, b + i);
                    for (var i = 0; i < block; i++, to += 3)
                    {
                        to[0] = values[(int)r[i]];
                        to[1] = values[(int)g[i]];
                        to[2] = values[(int)b[i]];
                    }
                }
            }
        }

        /// <summary>Light of some pixels, 0 to 1, to that of the target, in steps of the table of values.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Move(float* r, float* g, float* b)
        {
            var (x, y, z) = CieLab.Roots(Vector.Load(r), Vector.Load(g), Vector.Load(b));
            var newY = Vector.Clamp((y * factorL) + movedY, new Vector<float>(16f / 116), Vector<float>.One);
            var newX = newY + ((x - y) * factorA) + movedX;
            var newZ = newY - ((y - z) * factorB) - movedZ;
            var (newR, newG, newB) = CieLab.Light(newX, newY, newZ);
            Vector.Store(Step(newR), r);
            Vector.Store(Step(newG), g);
            Vector.Store(Step(newB), b);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector<float> Step(Vector<float> light)
        {
            var shown = Vector.Clamp(light, Vector<float>.Zero, Vector<float>.One);
            return (shown * LinearLight.LastStep) + new Vector<float>(0.5f);
        }
    }
}
