using System.Text;

namespace Coverslip.Torch.Scripts;

/// <summary>One message in protobuf's wire format (protobuf.dev/programming-guides/encoding), field after field.</summary>
internal sealed class ProtobufMessage
{
    private const int Bytes = 2;
    private readonly MemoryStream written = new();

    internal ProtobufMessage Number(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    internal ProtobufMessage Float(int field, float value)
    {
        Varint(((ulong)field << 3) | 5);
        written.Write(BitConverter.GetBytes(value));
        return this;
    }

    internal ProtobufMessage Text(int field, string text) => Raw(field, Encoding.UTF8.GetBytes(text));

    internal ProtobufMessage Part(int field, ProtobufMessage part)
    {
        Varint(((ulong)field << 3) | Bytes);
        Varint((ulong)part.written.Length);
        part.WriteTo(written);
        return this;
    }

    internal ProtobufMessage Raw(int field, ReadOnlySpan<byte> bytes)
    {
        Varint(((ulong)field << 3) | Bytes);
        Varint((ulong)bytes.Length);
        written.Write(bytes);
        return this;
    }

    internal void WriteTo(Stream stream) => written.WriteTo(stream);

    private void Varint(ulong value)
    {
        for (; value > 127; value >>= 7)
            written.WriteByte((byte)(value | 128));
        written.WriteByte((byte)value);
    }
}
