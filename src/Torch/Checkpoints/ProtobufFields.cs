using System.Buffers.Binary;

namespace Coverslip.Torch.Checkpoints;

/// <summary>
/// The fields of one message in protobuf's wire format (protobuf.dev/programming-guides/encoding), in order; nested
/// messages are bytes to read the same way.
/// </summary>
/// <param name="message">The message's bytes.</param>
/// <param name="file">Named in errors.</param>
internal ref struct ProtobufFields(ReadOnlySpan<byte> message, string file)
{
    private ReadOnlySpan<byte> rest = message;

    /// <summary>The field's number in its message.</summary>
    internal int Number { get; private set; }

    /// <summary>A number's value, or the bits of a 32- or 64-bit one; 0 for bytes.</summary>
    internal long Value { get; private set; }

    /// <summary>The content of a string, nested message or packed list; empty for numbers.</summary>
    internal ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    /// <exception cref="InvalidDataException">The message is cut or holds what the format does not have.</exception>
    internal bool Next()
    {
        if (rest.IsEmpty)
            return false;
        var tag = Varint();
        (Number, Value) = ((int)(tag >> 3), 0);
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Value = (long)Varint();
                break;
            case 1:
                Value = BinaryPrimitives.ReadInt64LittleEndian(Take(8));
                break;
            case 2:
                Bytes = Take(Varint());
                break;
            case 5:
                Value = BinaryPrimitives.ReadInt32LittleEndian(Take(4));
                break;
            default:
                throw Damaged($"it has a field of wire type {tag & 7}");
        }
        return true;
    }

    /// <summary>The numbers of a repeated field here: one by itself, or a packed list.</summary>
    internal readonly long[] Numbers()
    {
        if (Bytes.IsEmpty)
            return [Value];
        var numbers = new List<long>();
        for (var list = new ProtobufFields(Bytes, file); !list.rest.IsEmpty; )
            numbers.Add((long)list.Varint());
        return [.. numbers];
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw Damaged("it has a number of more than 64 bits");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)rest.Length)
            throw Damaged($"a field of {count} bytes begins where {rest.Length} are left");
        var taken = rest[..(int)count];
        rest = rest[(int)count..];
        return taken;
    }

    private readonly InvalidDataException Damaged(string why) =>
        new($"{file} is no ONNX file, or a damaged one: {why}");
}
