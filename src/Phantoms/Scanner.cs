using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>
/// What another scanner makes of the same glass: how much of each color its sensors take for another, its white balance,
/// its tone curve and its JPEG quality; all drawn from its number. Sums and tables of whole numbers, so that a tile has
/// the same bytes on every machine.
/// </summary>
internal sealed class Scanner
{
    private const int One = 1 << 16;
    private readonly int[] mix = new int[9];
    private readonly byte[] tone = new byte[256];

    private Scanner(int number)
    {
        var random = SeededRandom.For(number, 410);
        for (var channel = 0; channel < 3; channel++)
        {
            var (gain, strayed) = (random.Between(0.94, 1.03), random.Between(0, 0.16));
            for (var from = 0; from < 3; from++)
                mix[(3 * channel) + from] = (int)(One * gain * (from == channel ? 1 - strayed : strayed / 2));
        }
        // As a gamma from about 0.75 to 1.35, which keeps black and white, without a power that libraries round apart.
        var bend = random.Between(-0.35, 0.35);
        for (var value = 0; value < tone.Length; value++)
        {
            var light = value / 255.0;
            tone[value] = (byte)((255 * (light + (bend * light * (1 - light)))) + 0.5);
        }
        Quality = 60 + (10 * random.Below(4));
    }

    /// <summary>The usual scanner changes nothing.</summary>
    public static Scanner? Of(int number) => number == 0 ? null : new Scanner(number);

    /// <summary>JPEG quality.</summary>
    public int Quality { get; }

    /// <summary>Changes the colors of a painted tile.</summary>
    public void Scan(Image tile)
    {
        var pixels = tile.WritablePixels;
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var (red, green, blue) = (pixels[i], pixels[i + 1], pixels[i + 2]);
            for (var channel = 0; channel < 3; channel++)
            {
                var row = 3 * channel;
                var light = (mix[row] * red) + (mix[row + 1] * green) + (mix[row + 2] * blue) + (One / 2);
                pixels[i + channel] = tone[Math.Min(light / One, 255)];
            }
        }
    }
}
