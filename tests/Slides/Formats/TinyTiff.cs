using System.Buffers.Binary;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>Classic TIFF files of one directory in either byte order, field by field.</summary>
internal sealed class TinyTiff(bool bigEndian)
{
    private readonly SortedDictionary<int, (int Type, long[] Values)> fields = [];
    private readonly List<byte[]> tiles = [];

    /// <summary>A field of SHORT (3) or LONG (4).</summary>
    public TinyTiff Put(int tag, int type, params long[] values)
    {
        fields[tag] = (type, values);
        return this;
    }

    public TinyTiff Add(byte[] tile)
    {
        tiles.Add(tile);
        return this;
    }

    public byte[] ToArray()
    {
        var file = new MemoryStream();
        file.Write(bigEndian ? "MM\0*"u8 : "II*\0"u8);
        file.Write(new byte[4]);
        var offsets = new List<long>();
        foreach (var tile in tiles)
        {
            offsets.Add(file.Position);
            file.Write(tile);
            file.Write(new byte[tile.Length % 2]);
        }
        Put(324, 4, [.. offsets]).Put(325, 4, [.. tiles.Select(tile => (long)tile.Length)]);

        var places = fields.ToDictionary(
            field => field.Key,
            field => Outside(file, field.Value.Type, field.Value.Values)
        );
        var directory = file.Position;
        Write(file, 3, fields.Count);
        foreach (var (tag, (type, values)) in fields)
        {
            Write(file, 3, tag);
            Write(file, 3, type);
            Write(file, 4, values.Length);
            if (places[tag] is { } place)
            {
                Write(file, 4, place);
                continue;
            }
            foreach (var value in values)
                Write(file, type, value);
            file.Write(new byte[4 - (values.Length * Size(type))]);
        }
        Write(file, 4, 0);
        file.Position = 4;
        Write(file, 4, directory);
        return file.ToArray();
    }

    private long? Outside(MemoryStream file, int type, long[] values)
    {
        if (values.Length * Size(type) <= 4)
            return null;
        var place = file.Position;
        foreach (var value in values)
            Write(file, type, value);
        file.Write(new byte[file.Position % 2]);
        return place;
    }

    private void Write(MemoryStream file, int type, long value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (bigEndian)
            BinaryPrimitives.WriteInt32BigEndian(bytes, (int)value);
        else
            BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)value);
        file.Write(bigEndian ? bytes[(4 - Size(type))..] : bytes[..Size(type)]);
    }

    private static int Size(int type) => type == 3 ? 2 : 4;
}
