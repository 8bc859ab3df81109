namespace Coverslip.Slides.Images;

/// <summary>A change of color space of 8-bit images; those without HSV and Lab also of 16-bit ones.</summary>
public enum ColorConversion
{
    /// <summary>0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).</summary>
    RgbToGray = 0,
    GrayToRgb = 1,

    /// <summary>Swaps red and blue; its own inverse.</summary>
    RgbToBgr = 2,

    /// <summary>Hue in 2° steps (0 – 179), saturation and value 0 – 255.</summary>
    RgbToHsv = 3,
    HsvToRgb = 4,

    /// <summary>CIE L*a*b* of sRGB under D65: L* · 255/100, a* + 128, b* + 128.</summary>
    RgbToLab = 5,
    LabToRgb = 6,
}

/// <summary>Color spaces as OpenCV computes them.</summary>
public static unsafe class ColorSpaces
{
    /// <summary>A new image in the other color space.</summary>
    /// <exception cref="ArgumentException">The image's channels or depth do not suit the conversion.</exception>
    public static Image Convert(Image image, ColorConversion conversion)
    {
        var needed = conversion == ColorConversion.GrayToRgb ? 1 : 3;
        if (image.Channels != needed)
            throw new ArgumentException($"{conversion} takes {needed} channels, the {image} has {image.Channels}");
        if (image.Depth != 8 && conversion >= ColorConversion.RgbToHsv)
            throw new ArgumentException($"{conversion} takes 8 bits per sample, the {image} has {image.Depth}");

        var result = new Image(image.Width, image.Height, conversion == ColorConversion.RgbToGray ? 1 : 3, image.Depth);
        fixed (
            byte* from = image.Pixels,
                to = result.WritablePixels
        )
        {
            var (source, target) = (NativeImage.Of(image, from), NativeImage.Of(result, to));
            if (NativeImaging.Convert(&source, &target, (int)conversion) == 0)
                return result;
        }
        result.Dispose();
        throw new InvalidOperationException($"{conversion} of {image}: {NativeImaging.LastError}");
    }
}
