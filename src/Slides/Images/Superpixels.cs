namespace Coverslip.Slides.Images;

/// <summary>The colors between which SLIC measures distances.</summary>
public enum SlicColors
{
    /// <summary>CIE L*a*b*, L* in 0 – 100: the paper's, and scikit-image's default for RGB.</summary>
    Lab = 0,

    /// <summary>The samples as they are, 0 – 255 (0 – 65535).</summary>
    AsStored = 1,
}

/// <summary>Options of <see cref="Superpixels.Slic"/>. The defaults are those of Kanezaki's published script.</summary>
public sealed record SlicOptions
{
    /// <summary>
    /// About how many superpixels; the grid's step is round(√(H · W / Segments)), at least 1. Of an image so narrow that its
    /// shorter side is less than half of that, the step is the shorter side: a row of squares.
    /// </summary>
    public int Segments { get; init; } = 10_000;

    /// <summary>
    /// The weight m of nearness against likeness of color: D² = d_color² + (d_space · m / step)². From 1 (follows
    /// color) to
    /// 100 (nearly a grid). Greater than 0.
    /// </summary>
    public double Compactness { get; init; } = 100;

    /// <summary>Rounds of assigning pixels and moving centers, at least 1.</summary>
    public int Iterations { get; init; } = 10;

    /// <summary>The color distances are measured in; gray images are always taken as stored.</summary>
    public SlicColors Colors { get; init; } = SlicColors.Lab;
}

/// <summary>A superpixel's number for every pixel.</summary>
/// <param name="Labels">[H · W], row by row, 0 to <paramref name="Count"/> − 1; each is one 4-connected piece.</param>
/// <param name="Count">Superpixels.</param>
public sealed record SuperpixelMap(int[] Labels, int Count);

/// <summary>Superpixels (Achanta et al. 2012, SLIC), through OpenCV.</summary>
public static unsafe class Superpixels
{
    /// <summary>
    /// SLIC superpixels. Pieces smaller than a quarter of the mean superpixel are merged into a neighbor, what is
    /// then still
    /// apart is numbered apart, hence the number found differs somewhat from <see cref="SlicOptions.Segments"/>. The
    /// same
    /// image and options always give the same labels.
    /// </summary>
    /// <exception cref="ArgumentException">An option out of its range, or more segments than pixels.</exception>
    public static SuperpixelMap Slic(Image image, SlicOptions? options = null)
    {
        options ??= new SlicOptions();
        var pixels = (long)image.Width * image.Height;
        if (options.Segments < 1 || options.Segments > pixels)
            throw Refused(nameof(options.Segments), options.Segments, $"goes from 1 to the {pixels} pixels");
        if (!(options.Compactness > 0) || !double.IsFinite(options.Compactness))
            throw Refused(nameof(options.Compactness), options.Compactness, "is greater than 0");
        if (options.Iterations < 1)
            throw Refused(nameof(options.Iterations), options.Iterations, "is at least 1");

        var step = Step(image, Math.Max(1, (int)Math.Round(Math.Sqrt((double)pixels / options.Segments))));
        var labels = new int[pixels];
        var count = 0;
        fixed (byte* from = image.Pixels)
        fixed (int* to = labels)
        {
            var source = NativeImage.Of(image, from);
            var status = NativeImaging.Slic(
                &source,
                step,
                (float)options.Compactness,
                options.Iterations,
                (int)options.Colors,
                to,
                &count
            );
            NativeImaging.Check(status, $"superpixels of {image}");
        }
        return new SuperpixelMap(labels, count);
    }

    // OpenCV has round(side / step) rows of superpixels, and reads past their end where that is none.
    private static int Step(Image image, int wanted)
    {
        var shorter = Math.Min(image.Width, image.Height);
        return wanted > 2 * shorter ? shorter : wanted;
    }

    private static ArgumentException Refused(string name, double value, string range) =>
        new($"{name} is {value}; it {range}");
}
