using Coverslip.Slides.Images;

namespace Coverslip.Learning.Features;

/// <summary>An image with its mask, as features see it.</summary>
/// <param name="Samples">[H · W · 4] red, green, blue, and not 0 where the pixel is valid.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Pixels to a row.</param>
public readonly record struct PatchPixels(byte[] Samples, int Height, int Width)
{
    /// <summary>Red, green and blue, and the mask behind them.</summary>
    public const int Stride = 4;

    /// <summary>Number of pixels, masked ones included.</summary>
    public int Count => Height * Width;

    /// <summary>A color image of 8 bits, all of it valid.</summary>
    public static PatchPixels Of(Image image)
    {
        var samples = new byte[image.Width * image.Height * Stride];
        var colors = image.Pixels;
        for (int from = 0, to = 0; to < samples.Length; from += 3, to += Stride)
        {
            colors.Slice(from, 3).CopyTo(samples.AsSpan(to));
            samples[to + 3] = byte.MaxValue;
        }
        return new PatchPixels(samples, image.Height, image.Width);
    }

    /// <summary>Whether a pixel is valid.</summary>
    public bool IsValid(int pixel) => Samples[pixel * Stride + 3] != 0;

    /// <summary>Red, green or blue of a pixel.</summary>
    public byte Color(int pixel, int channel) => Samples[pixel * Stride + channel];

    /// <summary>[H · W] 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded.</summary>
    public byte[] Gray()
    {
        var gray = new byte[Count];
        for (var i = 0; i < gray.Length; i++)
            gray[i] = (byte)((299 * Color(i, 0) + 587 * Color(i, 1) + 114 * Color(i, 2) + 500) / 1000);
        return gray;
    }
}
