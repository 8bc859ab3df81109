using System.Buffers;
using Coverslip.Slides.Formats.Tiff;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>A level of JPEG tiles in a TIFF file: where each lies, and how it is decoded.</summary>
internal sealed unsafe class JpegLevel
{
    private const int MostSide = 1 << 14;
    private const int MostTilePixels = 1 << 24;
    private const long MostTileBytes = 1 << 28;
    private readonly TiffFile file;
    private readonly int level;
    private readonly long[] offsets;
    private readonly long[] counts;
    private readonly byte[] tables;
    private readonly int color;

    /// <summary>Reads what the directory says; every tile has to lie within the file.</summary>
    /// <exception cref="UnreadableSlideException">It does not, or sizes and numbers contradict each other.</exception>
    public JpegLevel(TiffFile file, TiffDirectory directory, int level)
    {
        (this.file, this.level) = (file, level);
        Width = Side(directory, TiffTag.ImageWidth, int.MaxValue);
        Height = Side(directory, TiffTag.ImageLength, int.MaxValue);
        TileWidth = Side(directory, TiffTag.TileWidth, MostSide);
        TileHeight = Side(directory, TiffTag.TileLength, MostSide);
        if (TileWidth * TileHeight > MostTilePixels)
            throw file.Bad($"level {level}: tiles of {TileWidth} × {TileHeight}; the limit is 2^24 pixels");
        Columns = (Width + TileWidth - 1) / TileWidth;
        Rows = (Height + TileHeight - 1) / TileHeight;
        offsets = TilePlaces(directory, TiffTag.TileOffsets);
        counts = TilePlaces(directory, TiffTag.TileByteCounts);
        tables = directory.Bytes(TiffTag.JpegTables) ?? [];
        color = directory.Number(TiffTag.Photometric) switch
        {
            6 => 3,
            2 => 2,
            _ => 1,
        };
        CheckPlaces();
    }

    public long Width { get; }

    public long Height { get; }

    public int TileWidth { get; }

    public int TileHeight { get; }

    public long Columns { get; }

    public long Rows { get; }

    /// <summary>Bytes of a decoded tile.</summary>
    public int TileBytes => TileWidth * TileHeight * 3;

    /// <summary>Tiles without data, which some writers leave out where there is only glass.</summary>
    public long EmptyTiles => counts.Where((_, tile) => IsEmpty(tile)).LongCount();

    /// <summary>Index of a tile without data, or −1.</summary>
    public long FirstEmptyTile
    {
        get
        {
            for (long tile = 0; tile < counts.Length; tile++)
            {
                if (IsEmpty(tile))
                    return tile;
            }
            return -1;
        }
    }

    /// <summary>Whether a tile has no data: neither an offset of 0, where the header lies, nor a length of 0 is one.</summary>
    public bool IsEmpty(long tile) => counts[tile] == 0 || offsets[tile] == 0;

    /// <summary>
    /// Decodes a window of a tile to where <paramref name="target"/>'s pixels lie.
    /// </summary>
    /// <param name="tile">Its number, row by row.</param>
    /// <param name="reduction">1, 2, 4 or 8.</param>
    /// <param name="x">The window's place in the tile as reduced.</param>
    /// <param name="y">The window's place in the tile as reduced.</param>
    /// <param name="target">Memory for a window of its size.</param>
    public void Decode(long tile, int reduction, int x, int y, NativeImage target)
    {
        var size = (int)counts[tile];
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            file.Read(offsets[tile], buffer.AsSpan(0, size), NameOf(tile));
            fixed (
                byte* data = buffer,
                    tablesAt = tables
            )
            {
                var request = new NativeTile
                {
                    Data = data,
                    Size = (nuint)size,
                    Tables = tablesAt,
                    TablesSize = (nuint)tables.Length,
                    Width = TileWidth,
                    Height = TileHeight,
                    Color = color,
                    Denominator = reduction,
                    X = x,
                    Y = y,
                };
                if (NativeSlides.TileDecode(&request, &target) != 0)
                    throw file.Bad($"{NameOf(tile)}: {NativeImaging.LastError}");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private string NameOf(long tile) => $"tile ({tile % Columns}, {tile / Columns}) of level {level}";

    private int Side(TiffDirectory directory, TiffTag tag, int most)
    {
        var side = directory.Number(tag);
        if (side < 1 || side > most)
            throw file.Bad($"level {level}: {directory.Name(tag)} is {side}; 1 to {most} are read");
        return (int)side;
    }

    private long[] TilePlaces(TiffDirectory directory, TiffTag tag)
    {
        var tiles = Columns * Rows;
        var places = directory.Numbers(tag, atMost: tiles);
        if (places.Length != tiles)
        {
            throw file.Bad(
                $"level {level}: {directory.Name(tag)} holds {places.Length} values for {Columns} × {Rows} tiles"
            );
        }
        return places;
    }

    private void CheckPlaces()
    {
        for (long tile = 0; tile < offsets.Length; tile++)
        {
            file.CheckRange(offsets[tile], counts[tile], NameOf(tile));
            if (counts[tile] > MostTileBytes)
                throw file.Bad($"{NameOf(tile)} has {counts[tile]} bytes; the limit is {MostTileBytes}");
        }
    }
}
