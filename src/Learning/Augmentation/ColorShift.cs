using System.Buffers;
using Coverslip.Files;

namespace Coverslip.Learning.Augmentation;

/// <summary>
/// A change of colors by TensorFlow's formulas, in its order: brightness is added; in HSV saturation is multiplied and
/// hue turned; each channel is drawn towards or away from its mean. What leaves [0, 1] is cut off at the end (and
/// saturation within HSV, as there). Liu et al. 2017, sec. 3.
/// </summary>
/// <param name="Brightness">Added, of 1.</param>
/// <param name="Saturation">Factor.</param>
/// <param name="Hue">Part of a full turn.</param>
/// <param name="Contrast">Factor.</param>
internal sealed record ColorShift(float Brightness, float Saturation, float Hue, float Contrast)
{
    internal static ColorShift Draw(AugmentationOptions options, SeededRandom random) =>
        new(
            (float)(options.Brightness * Sign(random)),
            (float)(1 + (options.Saturation * Sign(random))),
            (float)(options.Hue * Sign(random)),
            (float)(1 + (options.Contrast * Sign(random)))
        );

    /// <summary>Changes pixels of 4 bytes, red, green, blue and mask, in place.</summary>
    internal void Apply(Span<byte> pixels)
    {
        var count = pixels.Length / 4;
        var colors = ArrayPool<float>.Shared.Rent(count * 3);
        double red = 0,
            green = 0,
            blue = 0;
        for (int i = 0, c = 0; i < pixels.Length; i += 4, c += 3)
        {
            var (r, g, b) = Turned(
                (pixels[i] / 255f) + Brightness,
                (pixels[i + 1] / 255f) + Brightness,
                (pixels[i + 2] / 255f) + Brightness
            );
            (colors[c], colors[c + 1], colors[c + 2]) = (r, g, b);
            (red, green, blue) = (red + r, green + g, blue + b);
        }
        var (meanRed, meanGreen, meanBlue) = ((float)(red / count), (float)(green / count), (float)(blue / count));
        for (int i = 0, c = 0; i < pixels.Length; i += 4, c += 3)
        {
            pixels[i] = Byte(((colors[c] - meanRed) * Contrast) + meanRed);
            pixels[i + 1] = Byte(((colors[c + 1] - meanGreen) * Contrast) + meanGreen);
            pixels[i + 2] = Byte(((colors[c + 2] - meanBlue) * Contrast) + meanBlue);
        }
        ArrayPool<float>.Shared.Return(colors);
    }

    /// <summary>Saturation and hue in HSV; hue counts from 0 to 6.</summary>
    private (float Red, float Green, float Blue) Turned(float red, float green, float blue)
    {
        var most = MathF.Max(red, MathF.Max(green, blue));
        var range = most - MathF.Min(red, MathF.Min(green, blue));
        if (range <= 0 || most <= 0)
            return (most, most, most); // without a color there is nothing to turn
        var hue =
            most == red ? (green - blue) / range
            : most == green ? 2 + ((blue - red) / range)
            : 4 + ((red - green) / range);
        hue += 6 * Hue;
        hue -= 6 * MathF.Floor(hue / 6);
        var chroma = most * Math.Clamp(range / most * Saturation, 0, 1);
        var least = most - chroma;
        return (least + (chroma * Part(hue)), least + (chroma * Part(hue - 2)), least + (chroma * Part(hue - 4)));
    }

    /// <summary>How much of the chroma a channel has whose own hue is 0: all within 1 of it, none beyond 2.</summary>
    private static float Part(float hue)
    {
        var distance = MathF.Abs(hue - (6 * MathF.Round(hue / 6)));
        return Math.Clamp(2 - distance, 0, 1);
    }

    private static byte Byte(float value) => (byte)Math.Clamp((int)MathF.Round(value * 255), 0, 255);

    private static double Sign(SeededRandom random) => (2 * random.Unit()) - 1;
}
