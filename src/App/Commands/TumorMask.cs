using Coverslip.Slides.Images;

namespace Coverslip.App.Commands;

/// <summary>A truth mask as read from a file: [H · W] ones where there is tumor.</summary>
/// <param name="Pixels">Row by row.</param>
/// <param name="Width">Pixels to a row.</param>
/// <param name="Values">What its pixels hold beside 0, tumor or not, in ascending order.</param>
internal sealed record TumorMask(byte[] Pixels, int Width, IReadOnlyCollection<int> Values)
{
    /// <summary>Reads a mask, of gray or equal colors, 8 or 16 bits.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">Tumor's value; null: the only one beside 0.</param>
    /// <exception cref="InvalidDataException">Several values beside 0, and none named as tumor's.</exception>
    internal static TumorMask Read(string path, int? value)
    {
        using var image = MaskFile.ReadStored(path, channels: 1);
        var pixels = new byte[image.Width * image.Height];
        var values =
            image.Depth == 16 ? Select(image.Pixels16, pixels, path, value) : Select(image.Pixels, pixels, path, value);
        return new TumorMask(pixels, image.Width, values);
    }

    private static SortedSet<int> Select<T>(ReadOnlySpan<T> samples, Span<byte> pixels, string path, int? value)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        var (values, last) = (new SortedSet<int>(), T.Zero);
        var first = samples.IndexOfAnyExcept(T.Zero);
        if (first < 0)
            return values;
        var tumor = value is { } named ? T.CreateSaturating(named) : samples[first];
        for (var i = first; i < samples.Length; i++)
        {
            if (samples[i] == tumor)
                pixels[i] = 1;
            else if (value is null && samples[i] != T.Zero)
                throw new InvalidDataException(
                    $"{path}: the mask holds {tumor} and {samples[i]} beside 0; name tumor's value with --tumor-value"
                );
            if (samples[i] != last && samples[i] != T.Zero)
                values.Add(int.CreateChecked(last = samples[i]));
        }
        return values;
    }
}
