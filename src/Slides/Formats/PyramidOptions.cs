using System.Numerics;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Formats;

/// <summary>How <see cref="PyramidWriter"/> writes a slide.</summary>
public sealed record PyramidOptions
{
    /// <summary>Pixels to a side of a tile: a multiple of 16 from 32 to 4096; by default 256.</summary>
    public int TileSide { get; init; } = 256;

    /// <summary>JPEG quality, 1 to 100; by default 85.</summary>
    public int Quality { get; init; } = 85;

    /// <summary>Resolution of level 0; null (default) writes none.</summary>
    public Mpp? Mpp { get; init; }

    /// <summary>
    /// Downsamples of the levels: rising powers of two, the first 1. Null (default): every one, until the longer side
    /// is at most two tiles.
    /// </summary>
    public IReadOnlyList<int>? Downsamples { get; init; }

    /// <summary>The TIFF's ImageDescription; null (default) writes none.</summary>
    public string? Description { get; init; }

    internal void Check()
    {
        if (TileSide is < 32 or > 4096 || TileSide % 16 != 0)
            throw new ArgumentException($"{nameof(TileSide)} is {TileSide}; it is a multiple of 16 from 32 to 4096");
        if (Quality is < 1 or > 100)
            throw new ArgumentException($"{nameof(Quality)} is {Quality}; it goes from 1 to 100");
        if (Downsamples is null)
            return;
        var rises = Downsamples.Zip(Downsamples.Skip(1), (a, b) => a < b).All(x => x);
        if (Downsamples.Count == 0 || Downsamples[0] != 1 || !rises || !Downsamples.All(BitOperations.IsPow2))
        {
            throw new ArgumentException(
                $"{nameof(Downsamples)} are {string.Join(", ", Downsamples)}; they are rising powers of two from 1"
            );
        }
    }

    /// <summary>The levels' downsamples of a slide of this size.</summary>
    internal List<int> For(int width, int height)
    {
        if (Downsamples is { } given)
            return [.. given];
        var all = new List<int> { 1 };
        while (Math.Max(width, height) / all[^1] > 2 * TileSide)
            all.Add(all[^1] * 2);
        return all;
    }
}
