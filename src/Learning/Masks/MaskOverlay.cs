using Coverslip.Slides.Images;

namespace Coverslip.Learning.Masks;

/// <summary>Shows a mask on its image.</summary>
internal static class MaskOverlay
{
    /// <summary>The image with what is not valid paled and the border of the valid area in green.</summary>
    /// <param name="image">RGB of 8 bits.</param>
    /// <param name="mask">[H · W]: valid where not 0.</param>
    public static Image Paint(Image image, ReadOnlySpan<byte> mask)
    {
        var result = image.Clone();
        var pixels = result.WritablePixels;
        var width = image.Width;
        for (var i = 0; i < mask.Length; i++)
        {
            var border =
                mask[i] != 0
                && (
                    (i % width > 0 && mask[i - 1] == 0)
                    || (i % width < width - 1 && mask[i + 1] == 0)
                    || (i >= width && mask[i - width] == 0)
                    || (i + width < mask.Length && mask[i + width] == 0)
                );
            var pixel = pixels.Slice(i * 3, 3);
            if (border)
                (pixel[0], pixel[1], pixel[2]) = (0, 200, 0);
            else if (mask[i] == 0)
                foreach (ref var sample in pixel)
                    sample = (byte)((sample + 3 * 235) / 4);
        }
        return result;
    }
}
