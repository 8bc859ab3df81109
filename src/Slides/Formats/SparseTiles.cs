using Coverslip.Slides.Formats.Tiff;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Formats;

/// <summary>Which tiles of a level have no data in the file: TIFF writers leave out what is glass all over.</summary>
internal sealed class SparseTiles
{
    private readonly (long Width, long Height) tile;
    private readonly long columns;
    private readonly bool[] empty;

    private SparseTiles((long Width, long Height) tile, long columns, bool[] empty) =>
        (this.tile, this.columns, this.empty) = (tile, columns, empty);

    /// <summary>Tiles without data.</summary>
    public long Count => empty.LongCount(e => e);

    /// <summary>Tiles in all.</summary>
    public long All => empty.Length;

    /// <summary>Null where every tile has data, or the numbers of tiles are for the reader to refuse.</summary>
    public static SparseTiles? Of(TiffDirectory directory)
    {
        if (!directory.IsTiled || !directory.Has(TiffTag.TileByteCounts) || !directory.Has(TiffTag.TileOffsets))
            return null;
        var tile = (Width: directory.Number(TiffTag.TileWidth), Height: directory.Number(TiffTag.TileLength));
        if (tile.Width < 1 || tile.Height < 1)
            return null;
        var columns = (directory.Number(TiffTag.ImageWidth) + tile.Width - 1) / tile.Width;
        var rows = (directory.Number(TiffTag.ImageLength) + tile.Height - 1) / tile.Height;
        const int mostPlanes = 64;
        var offsets = directory.Numbers(TiffTag.TileOffsets, atMost: columns * rows * mostPlanes);
        var counts = directory.Numbers(TiffTag.TileByteCounts, atMost: columns * rows * mostPlanes);
        // A plane of each color has its tiles after those of the one before.
        if (offsets.Length != counts.Length || counts.Length < columns * rows)
            return null;
        var empty = new bool[columns * rows];
        for (var i = 0; i < counts.Length; i++)
            empty[i % empty.Length] |= counts[i] == 0 || offsets[i] == 0;
        return empty.Contains(true) ? new SparseTiles(tile, columns, empty) : null;
    }

    /// <summary>Whether a rectangle of the level touches such a tile.</summary>
    public bool Touches(LevelPoint at, PixelSize size) => Parts(at, size).Any(part => part.IsEmpty);

    /// <summary>A rectangle of the level in parts, each within one tile, or beyond all.</summary>
    public IEnumerable<(LevelPoint At, PixelSize Size, bool IsEmpty)> Parts(LevelPoint at, PixelSize size)
    {
        foreach (var (y, height) in Steps(at.Y, size.Height, tile.Height))
        {
            foreach (var (x, width) in Steps(at.X, size.Width, tile.Width))
            {
                var (column, row) = (x / tile.Width, y / tile.Height);
                var isEmpty =
                    x >= 0
                    && y >= 0
                    && column < columns
                    && row < empty.Length / columns
                    && empty[(row * columns) + column];
                yield return (new LevelPoint(x, y), new PixelSize(width, height), isEmpty);
            }
        }
    }

    private static IEnumerable<(long At, int Length)> Steps(long from, int length, long side)
    {
        for (var at = from; at < from + length; )
        {
            // Rounded down, also before 0.
            var next = (long)Math.Floor((double)at / side + 1) * side;
            var end = Math.Min(next, from + length);
            yield return (at, (int)(end - at));
            at = end;
        }
    }
}
