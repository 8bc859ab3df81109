using Coverslip.Files;

namespace Coverslip.Learning.Augmentation;

/// <summary>
/// The random change of one image beside its <see cref="ImageChange"/>: a small turn, and sharpening or blurring, by which
/// machines of different makers differ (Park et al. 2019, pre-processing).
/// </summary>
internal readonly struct RadiographChange
{
    private const int Pixel = 4; // red, green, blue, mask
    private readonly double degrees,
        deviation,
        amount;

    private RadiographChange(double degrees, double deviation, double amount) =>
        (this.degrees, this.deviation, this.amount) = (degrees, deviation, amount);

    internal static RadiographChange Draw(AugmentationOptions options, SeededRandom random)
    {
        var degrees = options.Rotation * (2 * random.Unit() - 1);
        var (kind, strength) = (random.Unit(), random.Unit());
        // An unsharp mask of amount a adds a times what the blur took away; −1 leaves the blur alone.
        var amount =
            kind < options.Sharpen ? strength
            : kind < options.Sharpen + options.Blur ? -1
            : 0;
        var deviation = amount < 0 ? options.Focus * strength : options.Focus;
        return new RadiographChange(degrees, deviation, deviation < 0.1 ? 0 : amount);
    }

    /// <summary>Changes an image of 4 bytes a pixel where it stands.</summary>
    internal void Apply(Span<byte> image, int height, int width)
    {
        if (degrees != 0)
            Rotate(image, height, width);
        if (amount != 0)
            Refocus(image, height, width);
    }

    private void Rotate(Span<byte> image, int height, int width)
    {
        var source = image.ToArray();
        var channels = Channels(image);
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        var (middleY, middleX) = ((height - 1) / 2.0, (width - 1) / 2.0);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var fromY = middleY + (y - middleY) * cos - (x - middleX) * sin;
                var fromX = middleX + (y - middleY) * sin + (x - middleX) * cos;
                var (top, left) = ((int)Math.Floor(fromY), (int)Math.Floor(fromX));
                var (down, right) = ((float)(fromY - top), (float)(fromX - left));
                var (row, below) = (Mirror(top, height) * width, Mirror(top + 1, height) * width);
                var (column, beside) = (Mirror(left, width), Mirror(left + 1, width));
                var to = image.Slice((y * width + x) * Pixel, Pixel);
                for (var c = 0; c < channels; c++)
                {
                    float first = source[(row + column) * Pixel + c],
                        second = source[(row + beside) * Pixel + c],
                        third = source[(below + column) * Pixel + c],
                        fourth = source[(below + beside) * Pixel + c];
                    var upper = first + right * (second - first);
                    to[c] = (byte)MathF.Round(upper + down * (third + right * (fourth - third) - upper));
                }
                if (channels == 1)
                    to[1] = to[2] = to[0];
                to[3] = source[((down < 0.5f ? row : below) + (right < 0.5f ? column : beside)) * Pixel + 3];
            }
        }
    }

    /// <summary>Blurs by a Gaussian, or adds what that took away.</summary>
    private void Refocus(Span<byte> image, int height, int width)
    {
        var kernel = Kernel(deviation);
        var radius = kernel.Length / 2;
        var plane = new float[height * width];
        var across = new float[height * width];
        var channels = Channels(image);
        for (var c = 0; c < channels; c++)
        {
            for (var i = 0; i < plane.Length; i++)
                plane[i] = image[i * Pixel + c];
            for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                float sum = 0;
                for (var k = -radius; k <= radius; k++)
                    sum += kernel[k + radius] * plane[y * width + Mirror(x + k, width)];
                across[y * width + x] = sum;
            }
            for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                float blurred = 0;
                for (var k = -radius; k <= radius; k++)
                    blurred += kernel[k + radius] * across[Mirror(y + k, height) * width + x];
                var own = plane[y * width + x];
                var value = amount < 0 ? blurred : own + (float)amount * (own - blurred);
                image[(y * width + x) * Pixel + c] = (byte)Math.Clamp(MathF.Round(value), 0, 255);
            }
        }
        for (var i = 0; channels == 1 && i < image.Length; i += Pixel)
            image[i + 1] = image[i + 2] = image[i];
    }

    /// <summary>Channels to compute: one where all three are the same.</summary>
    private static int Channels(ReadOnlySpan<byte> image)
    {
        for (var i = 0; i < image.Length; i += Pixel)
            if (image[i] != image[i + 1] || image[i] != image[i + 2])
                return 3;
        return 1;
    }

    private static float[] Kernel(double deviation)
    {
        var radius = (int)Math.Ceiling(3 * deviation);
        var weights = Enumerable
            .Range(-radius, 2 * radius + 1)
            .Select(i => Math.Exp(-i * i / (2 * deviation * deviation)));
        var sum = weights.Sum();
        return [.. weights.Select(w => (float)(w / sum))];
    }

    private static int Mirror(int place, int side)
    {
        if (place < 0)
            place = -place;
        if (place >= side)
            place = 2 * side - 2 - place;
        return Math.Clamp(place, 0, side - 1);
    }
}
