namespace Coverslip.Slides.Stain;

/// <summary>sRGB values (IEC 61966-2-1) and the light they stand for, 0 to 1.</summary>
internal static class LinearLight
{
    /// <summary>
    /// Steps of light in <see cref="Values"/>, less one: a step is 0.2 of a value where it is darkest.
    /// </summary>
    internal const int LastStep = (1 << 14) - 1;

    /// <summary>[256] the light of a value.</summary>
    internal static readonly double[] Of =
    [
        .. Enumerable
            .Range(0, 256)
            .Select(v => v / 255.0 <= 0.04045 ? v / 255.0 / 12.92 : Math.Pow(((v / 255.0) + 0.055) / 1.055, 2.4)),
    ];

    /// <summary>[<see cref="LastStep"/> + 1] the value nearest to a step of light.</summary>
    internal static readonly byte[] Values =
    [
        .. Enumerable
            .Range(0, LastStep + 1)
            .Select(step =>
            {
                var light = (double)step / LastStep;
                var value = light <= 0.0031308 ? 12.92 * light : (1.055 * Math.Pow(light, 1 / 2.4)) - 0.055;
                return (byte)Math.Round(255 * value);
            }),
    ];

    /// <summary>Relative luminance Y under D65, with OpenCV's weights.</summary>
    internal static double Luminance(double r, double g, double b) => (0.212671 * r) + (0.715160 * g) + (0.072169 * b);
}
