using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Coverslip.Slides.Tests.Images;

/// <summary>PNG files of the kinds that our own writer does not write: alpha, palettes, claimed sizes.</summary>
internal static class PngBytes
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    public const byte Palette = 3;
    public const byte GrayAlpha = 4;
    public const byte RgbAlpha = 6;

    public static byte[] Of(int width, int height, byte depth, byte colorType, byte[] samples, byte[]? palette = null)
    {
        var stride = samples.Length / height;
        using var rows = new MemoryStream();
        using (var packed = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                packed.WriteByte(0);
                packed.Write(samples, y * stride, stride);
            }
        }
        using var file = new MemoryStream();
        file.Write(Signature);
        Chunk(file, "IHDR", Header(width, height, depth, colorType));
        if (palette is not null)
            Chunk(file, "PLTE", palette);
        Chunk(file, "IDAT", rows.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>The signature and one sound chunk: with an empty one, 20 bytes.</summary>
    public static byte[] OfOneChunk(string name, byte[] content)
    {
        using var file = new MemoryStream();
        file.Write(Signature);
        Chunk(file, name, content);
        return file.ToArray();
    }

    private static byte[] Header(int width, int height, byte depth, byte colorType)
    {
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (depth, colorType);
        return header;
    }

    private static void Chunk(Stream file, string name, byte[] content)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(name), .. content];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
