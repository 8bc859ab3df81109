using Coverslip.Slides.Images;

namespace Coverslip.Slides.Stain;

/// <summary>
/// Pixels of pure black and pure white: borders, and what was filled in beyond a slide. Every fit of a stain leaves them out.
/// </summary>
public static class PurePixels
{
    /// <summary>The part of an image that they are, from 0 to 1.</summary>
    /// <param name="image">RGB of 8 bits.</param>
    /// <exception cref="ArgumentException">Gray, or of 16 bits.</exception>
    public static double ShareOf(Image image)
    {
        StainNormalizer.Check(image);
        var pixels = image.Pixels;
        var pure = 0L;
        for (var i = 0; i < pixels.Length; i += 3)
            pure += Is(pixels[i..]) ? 1 : 0;
        return (double)pure / ((long)image.Width * image.Height);
    }

    /// <summary>Whether the first pixel is one.</summary>
    internal static bool Is(ReadOnlySpan<byte> pixel) =>
        (pixel[0] | pixel[1] | pixel[2]) == 0 || (pixel[0] & pixel[1] & pixel[2]) == 255;
}
