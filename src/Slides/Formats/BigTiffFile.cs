using System.Buffers.Binary;
using System.Text;
using Coverslip.Slides.Formats.Tiff;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Formats;

/// <summary>Where a tile lies in a file.</summary>
internal readonly record struct TilePlace(long Offset, long Bytes);

/// <summary>A BigTIFF file that is being written: tiles as they come, then the directories, then the header.</summary>
internal sealed unsafe class BigTiffFile : IDisposable
{
    private readonly FileStream stream;
    private readonly PyramidOptions options;
    private readonly byte[] tables;
    private readonly Dictionary<int, TilePlace> plain = [];
    private readonly List<SortedDictionary<TiffTag, (ushort Type, long Count, byte[] Values)>> directories = [];

    public BigTiffFile(string path, PyramidOptions options)
    {
        this.options = options;
        stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20);
        stream.Write(new byte[16]);
        byte* data = null;
        nuint size = 0;
        NativeImaging.Check(NativeSlides.TileTables(options.Quality, &data, &size), "make JPEG tables");
        tables = Taken(data, size);
    }

    /// <summary>Encodes and writes a tile. One of a single color is written once and then pointed at.</summary>
    public TilePlace WriteTile(Image tile)
    {
        var color = OnlyColor(tile);
        if (color is { } known && plain.TryGetValue(known, out var written))
            return written;
        byte* data = null;
        nuint size = 0;
        fixed (byte* pixels = tile.Pixels)
        {
            var source = NativeImage.Of(tile, pixels);
            NativeImaging.Check(NativeSlides.TileEncode(&source, options.Quality, &data, &size), "encode a tile");
        }
        var place = new TilePlace(stream.Position, (long)size);
        try
        {
            stream.Write(new ReadOnlySpan<byte>(data, (int)size));
        }
        finally
        {
            NativeImaging.EncodeFree(data);
        }
        if (color is { } its)
            plain[its] = place;
        return place;
    }

    /// <summary>Names a level of tiles that have been written.</summary>
    public void AddDirectory(int width, int height, List<TilePlace> tiles, bool isReduced)
    {
        var fields = new SortedDictionary<TiffTag, (ushort, long, byte[])>();
        void Put(TiffTag tag, ushort type, params ReadOnlySpan<long> values) =>
            fields[tag] = (type, values.Length, Bytes(type, values));
        Put(TiffTag.NewSubfileType, TiffType.Long, isReduced ? 1 : 0);
        Put(TiffTag.ImageWidth, TiffType.Long, width);
        Put(TiffTag.ImageLength, TiffType.Long, height);
        Put(TiffTag.BitsPerSample, TiffType.Short, 8, 8, 8);
        Put(TiffTag.Compression, TiffType.Short, 7);
        Put(TiffTag.Photometric, TiffType.Short, 6);
        Put(TiffTag.SamplesPerPixel, TiffType.Short, 3);
        Put(TiffTag.PlanarConfiguration, TiffType.Short, 1);
        Put(TiffTag.TileWidth, TiffType.Long, options.TileSide);
        Put(TiffTag.TileLength, TiffType.Long, options.TileSide);
        Put(TiffTag.TileOffsets, TiffType.Long8, [.. tiles.Select(tile => tile.Offset)]);
        Put(TiffTag.TileByteCounts, TiffType.Long8, [.. tiles.Select(tile => tile.Bytes)]);
        Put(TiffTag.YCbCrSubSampling, TiffType.Short, 2, 2);
        fields[TiffTag.JpegTables] = (TiffType.Undefined, tables.Length, tables);
        if (!isReduced)
            Describe(fields);
        directories.Add(fields);
    }

    /// <summary>Writes the directories and, last, the header that makes the file one.</summary>
    public void Complete()
    {
        Align();
        var first = stream.Position;
        for (var i = 0; i < directories.Count; i++)
            WriteDirectory(directories[i], isLast: i == directories.Count - 1);
        stream.Position = 0;
        Span<byte> header = stackalloc byte[16];
        "II"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], 43);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 8);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], first);
        stream.Write(header);
        stream.Flush(flushToDisk: true);
    }

    public void Dispose() => stream.Dispose();

    private void Describe(SortedDictionary<TiffTag, (ushort Type, long Count, byte[] Values)> fields)
    {
        if (options.Description is { } text)
        {
            byte[] bytes = [.. Encoding.UTF8.GetBytes(text), 0];
            fields[TiffTag.ImageDescription] = (TiffType.Ascii, bytes.Length, bytes);
        }
        if (options.Mpp is not { } mpp)
            return;
        fields[TiffTag.XResolution] = (TiffType.Rational, 1, PixelsPerCentimeter(mpp.X));
        fields[TiffTag.YResolution] = (TiffType.Rational, 1, PixelsPerCentimeter(mpp.Y));
        fields[TiffTag.ResolutionUnit] = (TiffType.Short, 1, Bytes(TiffType.Short, [3]));
    }

    private void WriteDirectory(SortedDictionary<TiffTag, (ushort Type, long Count, byte[] Values)> fields, bool isLast)
    {
        Align();
        var start = stream.Position;
        var end = start + 8 + (20L * fields.Count) + 8;
        var beyond = new MemoryStream();
        Span<byte> field = stackalloc byte[20];
        Write8(fields.Count);
        foreach (var (tag, (type, count, values)) in fields)
        {
            field.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(field, (ushort)tag);
            BinaryPrimitives.WriteUInt16LittleEndian(field[2..], type);
            BinaryPrimitives.WriteInt64LittleEndian(field[4..], count);
            if (values.Length <= 8)
            {
                values.CopyTo(field[12..]);
            }
            else
            {
                BinaryPrimitives.WriteInt64LittleEndian(field[12..], end + beyond.Length);
                beyond.Write(values);
                beyond.Write(new byte[(8 - (values.Length % 8)) % 8]);
            }
            stream.Write(field);
        }
        // The next directory starts aligned, as this one.
        Write8(isLast ? 0 : (end + beyond.Length + 7) / 8 * 8);
        beyond.WriteTo(stream);
    }

    private void Write8(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private void Align() => stream.Write(new byte[(8 - (stream.Position % 8)) % 8]);

    private static byte[] Bytes(ushort type, ReadOnlySpan<long> values)
    {
        var size = TiffType.Size(type);
        var bytes = new byte[values.Length * size];
        Span<byte> eight = stackalloc byte[8];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(eight, values[i]);
            eight[..size].CopyTo(bytes.AsSpan(i * size));
        }
        return bytes;
    }

    private static byte[] PixelsPerCentimeter(double mpp)
    {
        const uint parts = 1000;
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)Math.Round(10_000 / mpp * parts));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), parts);
        return bytes;
    }

    private static int? OnlyColor(Image tile)
    {
        var pixels = tile.Pixels;
        // Every pixel equals the one before it.
        return pixels[3..].SequenceEqual(pixels[..^3]) ? pixels[0] << 16 | pixels[1] << 8 | pixels[2] : null;
    }

    private static byte[] Taken(byte* data, nuint size)
    {
        try
        {
            return new ReadOnlySpan<byte>(data, (int)size).ToArray();
        }
        finally
        {
            NativeImaging.EncodeFree(data);
        }
    }
}
