using System.Buffers.Binary;
using System.Text;

namespace Coverslip.Slides.Tests.Images;

/// <summary>
/// DICOM files of a lossless JPEG, written difference by difference after ITU-T T.81, annex H: encoders write what others
/// do not.
/// </summary>
/// <param name="width">Columns.</param>
/// <param name="height">Rows.</param>
/// <param name="bits">8 or 16.</param>
internal sealed class LosslessJpeg(int width, int height, byte bits)
{
    /// <summary>Samples between restarts; 0: there are none.</summary>
    public ushort Restart { get; init; }

    /// <summary>Whether the markers that belong there are written.</summary>
    public bool Markers { get; init; } = true;

    /// <summary>Differences from the sample to the left, as they are coded: 32768 in 0 bits, others in their own.</summary>
    public byte[] Dicom(params ReadOnlySpan<int> differences)
    {
        using var file = new MemoryStream();
        file.Write(new byte[128]);
        file.Write("DICM"u8);
        Element(0x0002_0010, "UI", Encoding.ASCII.GetBytes("1.2.840.10008.1.2.4.70"));
        Short(0x0028_0002, 1);
        Element(0x0028_0004, "CS", "MONOCHROME2 "u8);
        Short(0x0028_0010, height);
        Short(0x0028_0011, width);
        Short(0x0028_0100, bits);
        Short(0x0028_0101, bits);
        Short(0x0028_0102, bits - 1);
        Short(0x0028_0103, 0);
        var stream = Stream(differences);
        file.Write([0xe0, 0x7f, 0x10, 0, (byte)'O', (byte)'B', 0, 0, 0xff, 0xff, 0xff, 0xff]);
        file.Write([0xfe, 0xff, 0, 0xe0, 0, 0, 0, 0]);
        file.Write([0xfe, 0xff, 0, 0xe0, .. BitConverter.GetBytes(stream.Length)]);
        file.Write(stream);
        file.Write([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
        return file.ToArray();

        void Short(int tag, int value) => Element(tag, "US", BitConverter.GetBytes((ushort)value));

        void Element(int tag, string kind, ReadOnlySpan<byte> value)
        {
            file.Write(BitConverter.GetBytes((ushort)(tag >> 16)));
            file.Write(BitConverter.GetBytes((ushort)tag));
            file.Write(Encoding.ASCII.GetBytes(kind));
            file.Write(BitConverter.GetBytes((ushort)value.Length));
            file.Write(value);
        }
    }

    private byte[] Stream(ReadOnlySpan<int> differences)
    {
        var stream = new List<byte> { 0xff, 0xd8 };
        Segment(0xc3, [bits, .. Big(height), .. Big(width), 1, 1, 0x11, 0]);
        // Seventeen codes of five bits, which are the lengths 0 to 16 themselves.
        Segment(0xc4, [0, 0, 0, 0, 0, 17, .. new byte[11], .. Enumerable.Range(0, 17).Select(i => (byte)i)]);
        if (Restart > 0)
            Segment(0xdd, Big(Restart));
        Segment(0xda, [1, 1, 0, 1, 0, 0]);
        var (waiting, count) = (0, 0);
        for (var i = 0; i < differences.Length; i++)
        {
            if (Restart > 0 && i > 0 && i % Restart == 0)
                EndPart((byte)(0xd0 + i / Restart - 1));
            var difference = differences[i];
            var length = 32 - int.LeadingZeroCount(Math.Abs(difference));
            Put(length, 5);
            if (length < 16)
                Put(difference < 0 ? difference - 1 + (1 << length) : difference, length);
        }
        EndPart(0xd9);
        if (stream.Count % 2 != 0)
            stream.Add(0);
        return [.. stream];

        void Segment(byte marker, ReadOnlySpan<byte> content) =>
            stream.AddRange([0xff, marker, .. Big(content.Length + 2), .. content]);

        void EndPart(byte marker)
        {
            if (count > 0)
                Put((1 << (8 - count)) - 1, 8 - count);
            if (Markers || marker == 0xd9)
                stream.AddRange([0xff, marker]);
        }

        void Put(int value, int length)
        {
            for (var bit = length - 1; bit >= 0; bit--)
            {
                (waiting, count) = (waiting << 1 | (value >> bit & 1), count + 1);
                if (count < 8)
                    continue;
                stream.Add((byte)waiting);
                if (waiting == 0xff)
                    stream.Add(0);
                (waiting, count) = (0, 0);
            }
        }
    }

    private static byte[] Big(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
