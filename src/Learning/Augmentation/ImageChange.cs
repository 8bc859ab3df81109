using Coverslip.Files;
using Coverslip.Torch;

namespace Coverslip.Learning.Augmentation;

/// <summary>The random change of one image: an orientation, a shift, and a change of its colors.</summary>
public readonly struct ImageChange
{
    private readonly int orientation,
        down,
        right;
    private readonly float[]? colors; // 3×4, applied to red, green, blue, 1
    private readonly ColorShift? shift;

    private ImageChange(int orientation, (int Down, int Right) moved, float[]? colors, ColorShift? shift) =>
        (this.orientation, (down, right), this.colors, this.shift) = (orientation, moved, colors, shift);

    /// <summary>Pillow's change of colors and sharpness; null where colors are changed otherwise.</summary>
    private Enhancement? Enhanced { get; init; }

    /// <summary>Leaves an image as it is, but for one of eight orientations (bit 0 transposes, 1 and 2 flip).</summary>
    public static ImageChange Oriented(int orientation) => new(orientation, (0, 0), null, null);

    /// <summary>Images [B, C, H, W] in one of eight orientations, as <see cref="Oriented(int)"/> turns one.</summary>
    public static Tensor Oriented(Tensor images, int orientation)
    {
        if ((orientation & 2) != 0)
            images = images.Flip(2);
        if ((orientation & 4) != 0)
            images = images.Flip(3);
        return (orientation & 1) != 0 ? images.Transpose(2, 3) : images;
    }

    /// <summary>Pixels by which the window moves down before it is turned.</summary>
    public int Down => down;

    /// <summary>Pixels by which the window moves to the right before it is turned.</summary>
    public int Right => right;

    /// <summary>The same where the window was moved already.</summary>
    public ImageChange Unshifted => Shifted(0, 0);

    /// <summary>The same with another shift.</summary>
    public ImageChange Shifted(int down, int right) =>
        new(orientation, (down, right), colors, shift) { Enhanced = Enhanced };

    /// <summary>Orientations that keep an image's size: eight of a square, four otherwise.</summary>
    internal static int Orientations(int height, int width) => height == width ? 8 : 4;

    /// <summary>Draws a change.</summary>
    /// <param name="options">How far things change.</param>
    /// <param name="height">Of the image, in pixels.</param>
    /// <param name="width">Of the image, in pixels.</param>
    /// <param name="random">What is drawn from.</param>
    /// <param name="turn">Which orientation, counted on from the first; null, the default: a random one.</param>
    public static ImageChange Draw(
        AugmentationOptions options,
        int height,
        int width,
        SeededRandom random,
        int? turn = null
    )
    {
        var count = Orientations(height, width);
        var orientation =
            !options.Orientations ? 0
            : turn is { } given ? given % count
            : random.Below(count);
        if (height != width)
            orientation <<= 1;
        int down = 0,
            right = 0;
        if (options.Shift > 0)
            (down, right) = (
                random.Below(2 * options.Shift + 1) - options.Shift,
                random.Below(2 * options.Shift + 1) - options.Shift
            );
        if (options.Colors == ColorChange.Pillow)
            return new ImageChange(orientation, (down, right), null, null)
            {
                Enhanced = Enhancement.Draw(options, random),
            };
        if (options.Brightness + options.Contrast + options.Saturation + options.Hue == 0)
            return new ImageChange(orientation, (down, right), null, null);
        return options.Colors == ColorChange.TensorFlow
            ? new ImageChange(orientation, (down, right), null, ColorShift.Draw(options, random))
            : new ImageChange(orientation, (down, right), ColorMap(options, random), null);
    }

    /// <summary>Writes the changed image of 4 bytes a pixel to <paramref name="target"/>.</summary>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> target, int height, int width)
    {
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (fromY, fromX) = (Mirror(y + down, height), Mirror(x + right, width));
                if ((orientation & 1) != 0)
                    (fromY, fromX) = (fromX, fromY);
                if ((orientation & 2) != 0)
                    fromY = height - 1 - fromY;
                if ((orientation & 4) != 0)
                    fromX = width - 1 - fromX;
                var from = source.Slice((fromY * width + fromX) * 4, 4);
                var to = target.Slice((y * width + x) * 4, 4);
                if (colors is null)
                    from.CopyTo(to);
                else
                    Recolor(from, to, colors);
            }
        }
        shift?.Apply(target[..(height * width * 4)]);
        Enhanced?.Apply(target[..(height * width * 4)], width);
    }

    private static int Mirror(int place, int side)
    {
        if (place < 0)
            place = -place;
        if (place >= side)
            place = 2 * side - 2 - place;
        return Math.Clamp(place, 0, side - 1);
    }

    private static void Recolor(ReadOnlySpan<byte> from, Span<byte> to, float[] map)
    {
        for (int channel = 0, m = 0; channel < 3; channel++, m += 4)
        {
            var value = map[m] * from[0] + map[m + 1] * from[1] + map[m + 2] * from[2] + map[m + 3];
            to[channel] = (byte)Math.Clamp((int)MathF.Round(value), 0, 255);
        }
        to[3] = from[3];
    }

    // Hue turns the chroma plane of YIQ, saturation scales it; contrast pivots on mid-gray, brightness scales.
    private static float[] ColorMap(AugmentationOptions options, SeededRandom random)
    {
        var hue = 2 * Math.PI * options.Hue * Sign(random);
        var saturation = 1 + options.Saturation * Sign(random);
        var contrast = 1 + options.Contrast * Sign(random);
        var brightness = 1 + options.Brightness * Sign(random);
        var (cos, sin) = (saturation * Math.Cos(hue), saturation * Math.Sin(hue));
        double[] luma = [0.299, 0.587, 0.114];
        // I and Q rows of RGB → YIQ, and their columns back.
        double[] i = [0.596, -0.274, -0.322],
            q = [0.211, -0.523, 0.312];
        double[] backI = [0.956, -0.272, -1.106],
            backQ = [0.621, -0.647, 1.703];
        var map = new float[12];
        for (var row = 0; row < 3; row++)
        {
            for (var column = 0; column < 3; column++)
            {
                var turnedI = cos * i[column] - sin * q[column];
                var turnedQ = sin * i[column] + cos * q[column];
                map[row * 4 + column] = (float)(
                    contrast * brightness * (luma[column] + backI[row] * turnedI + backQ[row] * turnedQ)
                );
            }
            map[row * 4 + 3] = (float)(127.5 * (1 - contrast));
        }
        return map;
    }

    private static double Sign(SeededRandom random) => 2 * random.Unit() - 1;
}
