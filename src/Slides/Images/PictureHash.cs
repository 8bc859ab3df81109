using System.Numerics;
using System.Security.Cryptography;

namespace Coverslip.Slides.Images;

/// <summary>
/// What a picture looks like, whatever its encoding, size and brightness: whether each of 16 × 16 cells of its gray thumbnail
/// is darker than its right neighbor (the difference hash of perceptual hashing), beside the thumbnail itself.
/// </summary>
public sealed class PictureHash
{
    private const int Side = 16;

    /// <summary>Bits of 256 in which two encodings of a picture differ at most.</summary>
    private const int MostBits = 20;

    /// <summary>Gray levels by which cells differ at most on average, their means aside.</summary>
    private const double MostDifference = 4;

    /// <summary>Gray levels of deviation below which a picture is too empty to tell it apart from another.</summary>
    private const double LeastContrast = 4;

    private readonly ulong[] bits = new ulong[Side * Side / 64];
    private readonly float[] cells = new float[Side * Side];

    private PictureHash(Image thumbnail)
    {
        var pixels = thumbnail.Pixels; // [16 · 17]
        for (var y = 0; y < Side; y++)
        for (var x = 0; x < Side; x++)
        {
            var (cell, at) = (y * Side + x, y * (Side + 1) + x);
            if (pixels[at] < pixels[at + 1])
                bits[cell / 64] |= 1UL << (cell % 64);
            cells[cell] = pixels[at];
        }
        var mean = cells.Average();
        for (var i = 0; i < cells.Length; i++)
            cells[i] -= mean;
        IsFlat = cells.Sum(c => c * c) < cells.Length * LeastContrast * LeastContrast;
    }

    /// <summary>Whether there is next to nothing on it.</summary>
    public bool IsFlat { get; }

    /// <summary>SHA-256 of size and pixels, lower-case hexadecimal: equal for one picture in two lossless formats.</summary>
    public required string Pixels { get; init; }

    /// <summary>The hash of a picture of 8 bits.</summary>
    public static PictureHash Of(Image image)
    {
        using var gray = image.Channels == 1 ? image.Clone() : ColorSpaces.Convert(image, ColorConversion.RgbToGray);
        using var thumbnail = Transforms.Resize(gray, Side + 1, Side, Interpolation.Area);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(BitConverter.GetBytes(image.Width));
        sha.AppendData(BitConverter.GetBytes(image.Channels));
        sha.AppendData(image.Pixels);
        return new PictureHash(thumbnail) { Pixels = Convert.ToHexStringLower(sha.GetHashAndReset()) };
    }

    /// <summary>Whether another picture is most likely the same one.</summary>
    public bool LooksLike(PictureHash other)
    {
        var differing = 0;
        for (var i = 0; i < bits.Length; i++)
            differing += BitOperations.PopCount(bits[i] ^ other.bits[i]);
        if (differing > MostBits)
            return false;
        double difference = 0;
        for (var i = 0; i < cells.Length; i++)
            difference += Math.Abs(cells[i] - other.cells[i]);
        return difference / cells.Length <= MostDifference;
    }
}
