using Coverslip.Files;
using Coverslip.Learning.Augmentation;

namespace Coverslip.Learning.StoredFeatures;

/// <summary>The ways in which each picture is shown to the encoder: as it is, turned and flipped, with other colors.</summary>
public sealed record FeatureViews
{
    private const int Stream = 311;

    /// <summary>Colors as they differ between laboratories and scanners.</summary>
    private static readonly AugmentationOptions Jitter = new()
    {
        Colors = ColorChange.TensorFlow,
        Brightness = 0.1,
        Saturation = 0.25,
        Hue = 0.04,
        Contrast = 0.25,
    };

    /// <summary>1 (default): as it is; 4: flipped and turned by half; 8: by quarters, too, which needs squares.</summary>
    public int Orientations { get; init; } = 1;

    /// <summary>Copies with other colors, each in an orientation of its own; 0 by default.</summary>
    public int Copies { get; init; }

    /// <summary>The same seed recolors a picture in the same way; 0 by default.</summary>
    public int Seed { get; init; }

    /// <summary>Names of the views, the picture as it is first and without one.</summary>
    public IReadOnlyList<string> Names =>
        [
            "",
            .. Bits.Skip(1).Select(bits => $"orientation-{bits}"),
            .. Enumerable.Range(1, Copies).Select(copy => $"colors-{copy}"),
        ];

    /// <summary>Bit 0 transposes, 1 and 2 flip.</summary>
    private int[] Bits =>
        Orientations switch
        {
            1 => [0],
            4 => [0, 2, 4, 6],
            _ => [0, 1, 2, 3, 4, 5, 6, 7],
        };

    /// <exception cref="ArgumentException">A value out of its range, or quarter turns of what is no square.</exception>
    public void Check((int Height, int Width) size)
    {
        if (Orientations is not (1 or 4 or 8))
            throw new ArgumentException($"orientations are {Orientations}; there are 1, 4 and 8");
        if (Orientations == 8 && size.Height != size.Width)
            throw new ArgumentException(
                $"8 orientations need squares, images are brought to {size.Height} × {size.Width}; take 4"
            );
        if (Copies is < 0 or > 100)
            throw new ArgumentException($"copies are {Copies}; they go from 0 to 100");
    }

    /// <summary>How a picture is changed in a view.</summary>
    /// <param name="view">Index in <see cref="Names"/>.</param>
    /// <param name="key">The picture's own number: what it looks like does not depend on what is computed beside it.</param>
    /// <param name="size">Of the picture.</param>
    internal ImageChange Change(int view, long key, (int Height, int Width) size) =>
        view < Bits.Length
            ? ImageChange.Oriented(Bits[view])
            : ImageChange.Draw(
                Jitter with
                {
                    Orientations = Orientations > 1,
                },
                size.Height,
                size.Width,
                SeededRandom.For(Seed, Stream + view, unchecked((int)key))
            );
}
