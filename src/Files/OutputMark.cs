using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Coverslip.Files;

/// <summary>
/// By what the program knows a picture or annotations as its own: the verb that wrote the file and the SHA-256 of all the rest,
/// where the format lets a file say such things. Once something else is drawn into it, or another program saves it, the file is
/// the user's.
/// </summary>
public static class OutputMark
{
    /// <summary>The member of a JSON object that holds the mark.</summary>
    public const string Member = "coverslip";

    private const long MostBytes = 1L << 30; // no output that bears a mark comes near
    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The file with its mark: PNG, JPEG, XML that declares itself, a JSON object. Any other stays as it is.</summary>
    /// <param name="bytes">The whole file, without a mark.</param>
    /// <param name="verb">ASCII letters and blanks: "annotations mask".</param>
    public static byte[] Into(byte[] bytes, string verb) =>
        Place.In(bytes) is { } place
            ? [.. bytes[..place.At], .. place.Wrap(Text(verb, bytes)), .. bytes[place.At..]]
            : bytes;

    /// <summary>Whether the verb wrote the file, and nobody changed it since.</summary>
    public static bool Is(string path, string verb)
    {
        if (new FileInfo(path) is not { Exists: true, Length: > 0 and < MostBytes })
            return false;
        var bytes = File.ReadAllBytes(path);
        if (Place.In(bytes) is not { } place)
            return false;
        var end = place.At + place.Wrap(Text(verb, [])).Length;
        return end <= bytes.Length && Into([.. bytes[..place.At], .. bytes[end..]], verb).AsSpan().SequenceEqual(bytes);
    }

    private static string Text(string verb, byte[] bytes) =>
        $"Coverslip, {verb}, sha256 {Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    /// <param name="At">Bytes before the mark, none of which depends on it.</param>
    /// <param name="Wrap">The mark as the format holds it; its length depends on the text's alone.</param>
    private sealed record Place(int At, Func<string, byte[]> Wrap)
    {
        private const int PngHeader = 33; // signature and IHDR, which is the first chunk of every PNG

        internal static Place? In(ReadOnlySpan<byte> bytes)
        {
            if (bytes.StartsWith(Png) && bytes.Length > PngHeader)
                return new Place(PngHeader, Chunk);
            if (bytes.Length > 6 && bytes[0] == 0xFF && bytes[1] == 0xD8)
                return new Place(AfterJfif(bytes), Comment);
            if (bytes.StartsWith("<?xml"u8) && bytes.IndexOf("?>"u8) is > 0 and var end)
                return new Place(end + 2, text => Encoding.ASCII.GetBytes($"\n<!--{text}-->"));
            return bytes.StartsWith("{\""u8)
                ? new Place(1, text => Encoding.ASCII.GetBytes($"\"{Member}\":\"{text}\","))
                : null;
        }

        /// <summary>JFIF wants its own segment to be the first.</summary>
        private static int AfterJfif(ReadOnlySpan<byte> jpeg)
        {
            if (jpeg[2] != 0xFF || jpeg[3] != 0xE0)
                return 2;
            var end = 4 + BinaryPrimitives.ReadUInt16BigEndian(jpeg[4..]);
            return end <= jpeg.Length ? end : 2;
        }

        private static byte[] Comment(string text)
        {
            var segment = new byte[4 + text.Length];
            (segment[0], segment[1]) = (0xFF, 0xFE);
            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)(2 + text.Length));
            Encoding.ASCII.GetBytes(text, segment.AsSpan(4));
            return segment;
        }

        private static byte[] Chunk(string text)
        {
            var content = Encoding.ASCII.GetBytes($"tEXtSoftware\0{text}");
            var chunk = new byte[4 + content.Length + 4];
            BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length - 4); // of the text, without the chunk's name
            content.CopyTo(chunk, 4);
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4 + content.Length), Crc(content));
            return chunk;
        }

        /// <summary>CRC-32 as PNG has it (ISO 3309); of a few bytes, hence without a table.</summary>
        private static uint Crc(ReadOnlySpan<byte> bytes)
        {
            var crc = uint.MaxValue;
            foreach (var next in bytes)
            {
                crc ^= next;
                for (var bit = 0; bit < 8; bit++)
                    crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320u);
            }
            return ~crc;
        }
    }
}
