using Coverslip.Slides.Images;

namespace Coverslip.App.Reports;

/// <summary>A view of a slide as JPEG that fits into a page.</summary>
internal static class SlideJpeg
{
    /// <summary>Pixels of the longer side.</summary>
    internal const int Side = 900;

    private const int MostBytes = 220_000,
        Best = 85,
        Least = 15,
        Step = 10;

    /// <summary>The bytes, of the best quality that fits.</summary>
    internal static byte[] Encode(Image view)
    {
        for (var quality = Best; ; quality -= Step)
        {
            var bytes = ImageFile.Encode(view, ".jpg", new ImageWriteOptions { JpegQuality = quality });
            if (bytes.Length <= MostBytes || quality <= Least)
                return bytes;
        }
    }
}
