using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;

namespace Coverslip.Viewer.Pictures;

/// <summary>A picture as the page shows it.</summary>
internal static class WindowedPicture
{
    private static readonly ImageWriteOptions Jpeg = new() { JpegQuality = 90 };

    /// <summary>JPEG of 8 bits, its longer side at most so many pixels.</summary>
    /// <param name="path">The file, or a slide with a place behind it.</param>
    /// <param name="side">Pixels; 0 leaves the picture as large as it is.</param>
    /// <param name="low">What is black, as a share of the range of the file's gray values; colors are left alone.</param>
    /// <param name="high">What is white.</param>
    internal static byte[] Encode(string path, int side, double low, double high)
    {
        using var stored = PatchImage.ReadOne(path, ImageReadOptions.AsStored);
        using var shown = stored.Channels == 1 ? Windowed(stored, low, high) : PatchImage.ReadOne(path);
        var scale = (double)side / Math.Max(shown.Width, shown.Height);
        if (side == 0 || scale >= 1)
            return ImageFile.Encode(shown, ".jpg", Jpeg);
        using var small = Transforms.Resize(
            shown,
            Math.Max(1, (int)(shown.Width * scale)),
            Math.Max(1, (int)(shown.Height * scale))
        );
        return ImageFile.Encode(small, ".jpg", Jpeg);
    }

    /// <summary>The darkest and the brightest gray value of 16 bits, as shares of the range; 0 and 1 of others: few detectors use all 16 bits.</summary>
    internal static (double Low, double High) RangeOf(Image stored)
    {
        if (stored.Channels != 1 || stored.Depth != 16)
            return (0, 1);
        var (least, most) = (ushort.MaxValue, ushort.MinValue);
        foreach (var value in stored.Pixels16)
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        return least < most ? ((double)least / ushort.MaxValue, (double)most / ushort.MaxValue) : (0, 1);
    }

    /// <summary>Linear from low (0) to high (255), from all the bits that the file has.</summary>
    private static Image Windowed(Image stored, double low, double high)
    {
        var most = stored.Depth == 16 ? ushort.MaxValue : byte.MaxValue;
        var (from, step) = (low * most, 255 / Math.Max(1e-6, (high - low) * most));
        var image = new Image(stored.Width, stored.Height, channels: 1);
        var pixels = image.WritablePixels;
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)
                Math.Clamp(((stored.Depth == 16 ? stored.Pixels16[i] : stored.Pixels[i]) - from) * step, 0, 255);
        return image;
    }
}
