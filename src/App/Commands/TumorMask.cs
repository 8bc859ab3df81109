using Coverslip.Slides.Images;

namespace Coverslip.App.Commands;

/// <summary>A truth mask as read from a file: [H · W] ones where there is tumor.</summary>
internal sealed record TumorMask(byte[] Pixels, int Width)
{
    /// <summary>Reads a mask, of gray or equal colors, 8 or 16 bits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">Tumor's value; null: the only one beside 0.</param>
    /// <exception cref="InvalidDataException">Several values beside 0, and none named as tumor's.</exception>
    internal static TumorMask Read(string path, int? value)
    {
        using var image = MaskFile.ReadStored(path, channels: 1);
        var pixels = new byte[image.Width * image.Height];
        if (image.Depth == 16)
            Select(image.Pixels16, pixels, path, value);
        else
            Select(image.Pixels, pixels, path, value);
        return new TumorMask(pixels, image.Width);
    }

    private static void Select<T>(ReadOnlySpan<T> samples, Span<byte> pixels, string path, int? value)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        var first = samples.IndexOfAnyExcept(T.Zero);
        if (first < 0)
            return;
        var tumor = value is { } named ? T.CreateSaturating(named) : samples[first];
        for (var i = 0; i < samples.Length; i++)
        {
            if (samples[i] == tumor)
                pixels[i] = 1;
            else if (value is null && samples[i] != T.Zero)
                throw new InvalidDataException(
                    $"{path}: the mask holds {tumor} and {samples[i]} beside 0; name tumor's value with --tumor-value"
                );
        }
    }
}
