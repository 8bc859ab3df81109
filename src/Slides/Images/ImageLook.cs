namespace Coverslip.Slides.Images;

/// <summary>
/// What kind of picture an image is, in six numbers that labels hardly move: a radiograph, a stained section and another
/// magnification of it differ in them. Samples are taken as 0 to 1.
/// </summary>
/// <param name="Color">ln(0.01 + mean of the largest minus the smallest channel).</param>
/// <param name="Brightness">Mean of 0.299 R + 0.587 G + 0.114 B.</param>
/// <param name="Warmth">Mean of R − B.</param>
/// <param name="Magenta">Mean of (R + B)/2 − G.</param>
/// <param name="Contrast">ln(0.01 + standard deviation of the brightness).</param>
/// <param name="Sharpness">
/// ln of the mean difference of neighbors over that of pixels four apart: finer detail is higher, an enlargement lower.
/// </param>
public sealed record ImageLook(
    double Color,
    double Brightness,
    double Warmth,
    double Magenta,
    double Contrast,
    double Sharpness
)
{
    /// <summary>
    /// ln of the mean difference of pixels four apart over that of pixels 32 apart: the coarser what the image shows, as under
    /// a greater magnification, the lower. Null where the image is under 48 pixels, or of runs of before it was kept.
    /// </summary>
    public double? Grain { get; init; }

    private const int Far = 4,
        Coarse = 32,
        LeastSide = 48;

    /// <summary>Pixels that are looked at, spread evenly.</summary>
    private const double Samples = 65_536;

    /// <summary>The look of an image of 8 bits, gray or RGB.</summary>
    public static ImageLook Of(Image image)
    {
        var pixels = image.Pixels;
        var (channels, stride) = (image.Channels, image.Stride);
        var step = Math.Max(1, (int)Math.Sqrt((double)image.Width * image.Height / Samples));
        double count = 0,
            color = 0,
            warmth = 0,
            magenta = 0,
            light = 0,
            squares = 0,
            near = 0,
            far = 0,
            fine = 0,
            coarse = 0,
            differences = 0,
            grains = 0;
        for (var y = 0; y < image.Height; y += step)
        for (var x = 0; x < image.Width; x += step)
        {
            var at = y * stride + x * channels;
            int r = pixels[at],
                g = pixels[at + (channels == 1 ? 0 : 1)],
                b = pixels[at + (channels == 1 ? 0 : 2)];
            var here = Light(pixels, at, channels);
            count++;
            color += Math.Max(r, Math.Max(g, b)) - Math.Min(r, Math.Min(g, b));
            warmth += r - b;
            magenta += (r + b) / 2.0 - g;
            light += here;
            squares += here * here;
            if (x + Far >= image.Width || y + Far >= image.Height)
                continue;
            differences++;
            near +=
                Math.Abs(here - Light(pixels, at + channels, channels))
                + Math.Abs(here - Light(pixels, at + stride, channels));
            far +=
                Math.Abs(here - Light(pixels, at + Far * channels, channels))
                + Math.Abs(here - Light(pixels, at + Far * stride, channels));
            if (x + Coarse >= image.Width || y + Coarse >= image.Height)
                continue;
            fine +=
                Math.Abs(here - Light(pixels, at + Far * channels, channels))
                + Math.Abs(here - Light(pixels, at + Far * stride, channels));
            coarse +=
                Math.Abs(here - Light(pixels, at + Coarse * channels, channels))
                + Math.Abs(here - Light(pixels, at + Coarse * stride, channels));
            grains++;
        }
        double Mean(double sum) => sum / count / 255;
        var brightness = light / count;
        var deviation = Math.Sqrt(Math.Max(0, squares / count - brightness * brightness)) / 255;
        double Difference(double sum) => differences == 0 ? 0 : sum / differences / 2 / 255;
        return new ImageLook(
            Math.Log(0.01 + Mean(color)),
            Mean(light),
            Mean(warmth),
            Mean(magenta),
            Math.Log(0.01 + deviation),
            Math.Log((0.002 + Difference(near)) / (0.002 + Difference(far)))
        )
        {
            Grain =
                grains == 0 || Math.Min(image.Width, image.Height) < LeastSide
                    ? null
                    : Math.Log((0.002 + fine / grains / 2 / 255) / (0.002 + coarse / grains / 2 / 255)),
        };
    }

    private static double Light(ReadOnlySpan<byte> pixels, int at, int channels) =>
        channels == 1 ? pixels[at] : 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
}
