using System.Buffers;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Stain;

/// <summary>
/// Pixels per color, 64 steps to a channel: all that is measured of an image but the strength of its stains, so that
/// neither the order of pixels nor the number of threads can change it. Step 0 holds the value 0 alone, the others up
/// to four values, the last 248 – 255.
/// </summary>
internal sealed unsafe class ColorHistogram : IDisposable
{
    /// <summary>Steps of a channel.</summary>
    internal const int Steps = 64;

    private const int Colors = Steps * Steps * Steps;

    private static readonly int[] StepOf =
    [
        .. Enumerable.Range(0, 256).Select(v => v == 0 ? 0 : Math.Min(1 + (v / 4), Steps - 1)),
    ];

    private readonly int[] counts; // of the pool

    private ColorHistogram(int[] counts, long pixels)
    {
        this.counts = counts;
        // Step 0 holds the value 0 alone, so that the first color is pure black; the last count is that of pure white.
        (Black, White) = (counts[0], counts[Colors]);
        counts[0] = 0;
        (All, Pixels) = (pixels, pixels - Black - White);
    }

    /// <summary>[64] mean optical density of a step's values.</summary>
    internal static double[] Density { get; } = MeanOfStep(OpticalDensity.Of);

    /// <summary>[64] mean linear light of a step's values.</summary>
    internal static double[] Light { get; } = MeanOfStep(LinearLight.Of);

    /// <summary>Pixels of the image.</summary>
    internal double All { get; }

    /// <summary>Pixels of the image that are neither pure black nor pure white.</summary>
    internal double Pixels { get; }

    /// <summary>Pixels of pure black, left out.</summary>
    internal long Black { get; }

    /// <summary>Pixels of pure white, left out.</summary>
    internal long White { get; }

    /// <summary>Pixels of a color: red · 64² + green · 64 + blue, in steps.</summary>
    internal int this[int color] => counts[color];

    /// <exception cref="ArgumentException">Gray, or of 16 bits.</exception>
    internal static ColorHistogram Of(Image image)
    {
        StainNormalizer.Check(image);
        int[]? total = null;
        fixed (byte* pixels = image.Pixels)
        {
            var from = (nint)pixels;
            PixelBlocks.Run(
                image,
                Cleared,
                (band, own) => Count((byte*)from + (3L * band.First), band.Count, own),
                own =>
                {
                    if (total is null)
                    {
                        total = own;
                        return;
                    }
                    for (var i = 0; i <= Colors; i++)
                        total[i] += own[i];
                    ArrayPool<int>.Shared.Return(own);
                }
            );
        }
        return new ColorHistogram(total!, (long)image.Width * image.Height);
    }

    /// <summary>The steps of a color.</summary>
    internal static (int R, int G, int B) StepsOf(int color) =>
        (color / (Steps * Steps), color / Steps % Steps, color % Steps);

    /// <summary>The colors that occur, in rising order, those darker than a luminance (0 to 1) alone.</summary>
    internal int[] Occurring(double below = double.PositiveInfinity)
    {
        var found = new List<int>(1 << 15);
        for (var row = 0; row < Colors; row += Steps)
        {
            var blues = counts.AsSpan(row, Steps);
            var blue = blues.IndexOfAnyExcept(0);
            if (blue < 0)
                continue;
            var (r, g, _) = StepsOf(row);
            for (; blue < Steps; blue++)
            {
                if (LinearLight.Luminance(Light[r], Light[g], Light[blue]) >= below)
                    break;
                if (blues[blue] > 0)
                    found.Add(row + blue);
            }
        }
        return [.. found];
    }

    public void Dispose() => ArrayPool<int>.Shared.Return(counts);

    private static int[] Cleared()
    {
        var counts = ArrayPool<int>.Shared.Rent(Colors + 1);
        counts.AsSpan(0, Colors + 1).Clear();
        return counts;
    }

    private static void Count(byte* pixels, int count, int[] colors)
    {
        fixed (
            int* steps = StepOf,
                bins = colors
        )
        {
            for (var end = pixels + (3L * count); pixels < end; pixels += 3)
            {
                var color = (((steps[pixels[0]] * Steps) + steps[pixels[1]]) * Steps) + steps[pixels[2]];
                bins[(pixels[0] & pixels[1] & pixels[2]) == 255 ? Colors : color]++;
            }
        }
    }

    private static double[] MeanOfStep(double[] values)
    {
        var of = StepOf.Index().ToLookup(step => step.Item, step => values[step.Index]);
        return [.. Enumerable.Range(0, Steps).Select(step => of[step].Average())];
    }
}
