using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Coverslip.App.Reports;

/// <summary>PNG of up to 256 colors, the first of which lets everything through (PNG 1.2, W3C 2003): a few kilobytes where colors and transparency would take many.</summary>
internal static class IndexedPng
{
    private const byte Indexed = 3;

    /// <summary>The file's bytes.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="indices">Rows one after the other: 0 is transparent, others a color each.</param>
    /// <param name="colors">Of the indices from 1 on.</param>
    internal static byte[] Encode(int width, ReadOnlySpan<byte> indices, IReadOnlyList<(byte R, byte G, byte B)> colors)
    {
        var height = indices.Length / width;
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, Indexed);
        Chunk(file, "IHDR", head);
        Chunk(file, "PLTE", [0, 0, 0, .. colors.SelectMany(c => new[] { c.R, c.G, c.B })]);
        Chunk(file, "tRNS", [0]);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            for (var row = 0; row < height; row++)
            {
                zlib.WriteByte(0); // no filter: neighbors of a palette are not alike
                zlib.Write(indices.Slice(row * width, width));
            }
        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(Stream file, string kind, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(kind), .. data];
        Number(file, (uint)data.Length);
        file.Write(body);
        Number(file, Crc(body));
    }

    private static void Number(Stream file, uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        file.Write(bytes);
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }
        return ~crc;
    }
}
