using System.Buffers;
using Coverslip.Files;

namespace Coverslip.Learning.Augmentation;

/// <summary>
/// Saturation, contrast, brightness and sharpness by Pillow's <c>ImageEnhance</c>, one after the other, each rounded to
/// bytes: the image is mixed with its gray form, with its mean gray, with black, and with its smoothed form; 1 leaves it,
/// 0 is the other, above 1 lies beyond. Takahama et al. 2019, sec. 4.1.
/// </summary>
/// <param name="Saturation">Factor.</param>
/// <param name="Contrast">Factor.</param>
/// <param name="Brightness">Factor.</param>
/// <param name="Sharpness">Factor.</param>
internal sealed record Enhancement(float Saturation, float Contrast, float Brightness, float Sharpness)
{
    internal static Enhancement Draw(AugmentationOptions options, SeededRandom random) =>
        new(
            Factor(options.Saturation, random),
            Factor(options.Contrast, random),
            Factor(options.Brightness, random),
            Factor(options.Sharpness, random)
        );

    /// <summary>Changes pixels of 4 bytes, red, green, blue and mask, in place.</summary>
    internal void Apply(Span<byte> pixels, int width)
    {
        if (Saturation != 1)
            Saturate(pixels);
        if (Contrast != 1)
            Stretch(pixels);
        if (Brightness != 1)
            Mix(pixels, 0, Brightness);
        if (Sharpness != 1)
            Sharpen(pixels, width);
    }

    private void Saturate(Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i += 4)
        {
            var gray = Gray(pixels, i);
            for (var c = i; c < i + 3; c++)
                pixels[c] = Mixed(gray, pixels[c], Saturation);
        }
    }

    private void Stretch(Span<byte> pixels)
    {
        long sum = 0;
        for (var i = 0; i < pixels.Length; i += 4)
            sum += Gray(pixels, i);
        var mean = (byte)((sum / (pixels.Length / 4.0)) + 0.5);
        Mix(pixels, mean, Contrast);
    }

    private void Sharpen(Span<byte> pixels, int width)
    {
        var height = pixels.Length / 4 / width;
        var rented = ArrayPool<byte>.Shared.Rent(pixels.Length);
        var before = rented.AsSpan(0, pixels.Length);
        pixels.CopyTo(before);
        // Border pixels have no smoothed form, and stay.
        for (var y = 1; y < height - 1; y++)
        {
            for (var x = 1; x < width - 1; x++)
            {
                for (var c = 0; c < 3; c++)
                {
                    var at = (((y * width) + x) * 4) + c;
                    pixels[at] = Mixed(Smooth(before, at, width * 4), before[at], Sharpness);
                }
            }
        }
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>The pixel five times and its eight neighbors once, over 13, rounded.</summary>
    private static byte Smooth(ReadOnlySpan<byte> from, int at, int stride)
    {
        var sum = 4 * from[at];
        for (var row = at - stride; row <= at + stride; row += stride)
            sum += from[row - 4] + from[row] + from[row + 4];
        return (byte)(((2 * sum) + 13) / 26);
    }

    private static void Mix(Span<byte> pixels, byte other, float factor)
    {
        for (var i = 0; i < pixels.Length; i += 4)
        for (var c = i; c < i + 3; c++)
            pixels[c] = Mixed(other, pixels[c], factor);
    }

    // Cut off, not rounded, as Pillow's blend.
    private static byte Mixed(byte other, byte own, float factor) =>
        (byte)Math.Clamp(other + (factor * (own - other)), 0, 255);

    /// <summary>Pillow's luma of ITU-R 601-2, in 16 bits after the point.</summary>
    private static byte Gray(ReadOnlySpan<byte> pixels, int at) =>
        (byte)(((pixels[at] * 19595) + (pixels[at + 1] * 38470) + (pixels[at + 2] * 7471) + 0x8000) >> 16);

    private static float Factor(double most, SeededRandom random) => (float)(1 + (most * ((2 * random.Unit()) - 1)));
}
