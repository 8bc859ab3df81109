using Coverslip.Slides.Images;

namespace Coverslip.Slides.Stain;

/// <summary>
/// The light that glass lets through in an image, brought to white: a channel's 99th percentile becomes 255. Many cameras
/// show glass as a light gray or green; its density, which is no stain, would be taken for one.
/// </summary>
internal sealed class GlassLight
{
    private const double BrightShare = 0.99;

    /// <summary>Glass is nearly gray: the channels differ by no more than this share of the brightest.</summary>
    private const double Tint = 0.1;

    /// <summary>Glass is bright; what is darker is tissue from edge to edge.</summary>
    private const int Darkest = 150;

    private readonly byte[] values; // [3 · 256]

    private GlassLight(byte[] values) => this.values = values;

    /// <summary>Null where the image shows no glass that is not white: it stays as it is.</summary>
    internal static GlassLight? Of(Image image)
    {
        StainNormalizer.Check(image);
        var bright = Brightest(image);
        var (least, most) = (bright.Min(), bright.Max());
        if (least < Darkest || most - least > Tint * most || least == 255)
            return null;
        var values = new byte[3 * 256];
        for (var channel = 0; channel < 3; channel++)
        for (var value = 0; value < 256; value++)
            values[256 * channel + value] = (byte)Math.Min(255, Math.Round(255.0 * value / bright[channel]));
        return new GlassLight(values);
    }

    /// <summary>A new image of the same size.</summary>
    internal Image Apply(Image image)
    {
        StainNormalizer.Check(image);
        var result = new Image(image.Width, image.Height);
        var from = image.Pixels;
        var to = result.WritablePixels;
        for (var i = 0; i + 2 < from.Length; i += 3)
        {
            to[i] = values[from[i]];
            to[i + 1] = values[256 + from[i + 1]];
            to[i + 2] = values[512 + from[i + 2]];
        }
        return result;
    }

    /// <summary>[3] each channel's 99th percentile, pure black and pure white left out.</summary>
    private static int[] Brightest(Image image)
    {
        var counts = new long[3, 256];
        var pixels = image.Pixels;
        for (var i = 0; i < pixels.Length; i += 3)
        {
            if (PurePixels.Is(pixels[i..]))
                continue;
            for (var channel = 0; channel < 3; channel++)
                counts[channel, pixels[i + channel]]++;
        }
        var brightest = new int[3];
        for (var channel = 0; channel < 3; channel++)
        {
            var all = Enumerable.Range(0, 256).Sum(value => counts[channel, value]);
            var (wanted, passed) = ((long)Math.Ceiling(BrightShare * all), 0L);
            brightest[channel] = 255;
            for (var value = 0; value < 256; value++)
            {
                if ((passed += counts[channel, value]) < wanted)
                    continue;
                brightest[channel] = value;
                break;
            }
        }
        return brightest;
    }
}
