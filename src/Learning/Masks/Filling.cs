using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Masks;

/// <summary>How far the valid area may move to fill what is masked.</summary>
internal sealed record FillingOptions
{
    /// <summary>Whether anything is filled; true by default.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// The valid area turns about the image's center by up to so many degrees either way, 0 to 180; 180 by default.
    /// </summary>
    public double MaxAngle { get; init; } = 180;

    /// <summary>It then moves by up to this share of each side either way, 0 to 1; 0.25 by default.</summary>
    public double MaxShift { get; init; } = 0.25;

    /// <summary>
    /// How many moved copies are laid under the image, each filling what the ones before left, 1 to 32; 1 by default,
    /// as in the paper.
    /// </summary>
    public int Copies { get; init; } = 1;

    internal void Check()
    {
        MaskOptions.Within(MaxAngle, 0, 180, nameof(MaxAngle));
        MaskOptions.Within(MaxShift, 0, 1, nameof(MaxShift));
        MaskOptions.Within(Copies, 1, 32, nameof(Copies));
    }
}

/// <summary>A patch whose masked regions are partly filled.</summary>
/// <param name="Pixels">[H · W · channels].</param>
/// <param name="Mask">[H · W]: 255 where the pixel was valid or has been filled, else 0.</param>
/// <param name="Filled">Pixels filled.</param>
internal sealed record FilledPatch(byte[] Pixels, byte[] Mask, int Filled);

/// <summary>
/// Fills masked regions with the valid area, rotated and shifted at random, the mask following (Liu &amp; Sun 2021,
/// end of sec. 3.1.1). Valid pixels stay; a filled pixel is an unchanged copy of a valid one.
/// </summary>
internal static class Filling
{
    /// <summary>Fills a patch; the same seed gives the same patch.</summary>
    /// <param name="pixels">[H · W · channels], any number of channels.</param>
    /// <param name="mask">[H · W]: valid where not 0.</param>
    /// <param name="width">Pixels to a row.</param>
    /// <param name="options">Range of the motion.</param>
    /// <param name="seed">Of the motion.</param>
    /// <exception cref="ArgumentException">Sizes that do not fit each other, or an option out of its range.</exception>
    public static FilledPatch Fill(
        ReadOnlySpan<byte> pixels,
        ReadOnlySpan<byte> mask,
        int width,
        FillingOptions options,
        long seed
    )
    {
        options.Check();
        if (width < 1 || mask.Length == 0 || mask.Length % width != 0 || pixels.Length % mask.Length != 0)
            throw new ArgumentException(
                $"{pixels.Length} samples, {mask.Length} mask pixels and a width of {width} do not fit each other"
            );
        var filled = pixels.ToArray();
        var grown = new byte[mask.Length];
        var valid = 0;
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i] == 0)
                continue;
            grown[i] = 255;
            valid++;
        }
        if (!options.Enabled || valid == 0 || valid == mask.Length)
            return new FilledPatch(filled, grown, 0);

        var random = new SeededRandom(seed);
        var (height, channels, count) = (mask.Length / width, pixels.Length / mask.Length, 0);
        for (var copy = 0; copy < options.Copies; copy++)
        {
            var motion = Motion.Draw(random, options, width, height);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    var to = y * width + x;
                    if (grown[to] != 0)
                        continue;
                    var (sourceX, sourceY) = motion.SourceOf(x, y);
                    if (sourceX < 0 || sourceY < 0 || sourceX >= width || sourceY >= height)
                        continue;
                    var from = sourceY * width + sourceX;
                    if (mask[from] == 0)
                        continue;
                    pixels.Slice(from * channels, channels).CopyTo(filled.AsSpan(to * channels));
                    grown[to] = 255;
                    count++;
                }
            }
        }
        return new FilledPatch(filled, grown, count);
    }

    /// <summary>As above, for images of 8 bits and their gray masks; the caller disposes of what is returned.</summary>
    public static (Image Image, Image Mask) Fill(Image image, Image mask, FillingOptions options, long seed)
    {
        if (
            mask.Channels != 1
            || mask.Depth != 8
            || image.Depth != 8
            || (mask.Width, mask.Height) != (image.Width, image.Height)
        )
            throw new ArgumentException($"a {mask} is no mask of 8 bits for a {image}", nameof(mask));
        var filled = Fill(image.Pixels, mask.Pixels, image.Width, options, seed);
        return (
            Image.From(filled.Pixels, image.Width, image.Height, image.Channels),
            Image.From(filled.Mask, image.Width, image.Height, channels: 1)
        );
    }

    /// <summary>
    /// A rotation about the center, then a shift; asked backwards, so that every target pixel has one source.
    /// </summary>
    private readonly record struct Motion(double Cosine, double Sine, double ShiftX, double ShiftY)
    {
        private double CenterX { get; init; }
        private double CenterY { get; init; }

        internal static Motion Draw(SeededRandom random, FillingOptions options, int width, int height)
        {
            double Within(double range) => random.Between(-range, range);
            var (sine, cosine) = Math.SinCos(Within(options.MaxAngle) * Math.PI / 180);
            return new Motion(cosine, sine, Within(options.MaxShift * width), Within(options.MaxShift * height))
            {
                CenterX = (width - 1) / 2.0,
                CenterY = (height - 1) / 2.0,
            };
        }

        internal (int X, int Y) SourceOf(int x, int y)
        {
            var (dx, dy) = (x - CenterX - ShiftX, y - CenterY - ShiftY);
            return (
                (int)Math.Round(Cosine * dx + Sine * dy + CenterX),
                (int)Math.Round(Cosine * dy - Sine * dx + CenterY)
            );
        }
    }
}
