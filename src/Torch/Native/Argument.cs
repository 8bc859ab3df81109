using System.Runtime.CompilerServices;

namespace Coverslip.Torch;

/// <summary>One argument of a boxed call: whatever an operator's schema can ask for, by implicit conversion.</summary>
internal readonly struct Argument
{
    internal enum Form
    {
        None,
        Tensor,
        Int,
        Double,
        Bool,
        String,
        IntList,
        DoubleList,
        TensorList,
        BoolList,
    }

    internal readonly Form Kind;
    internal readonly long Bits;
    internal readonly object? Reference;

    private Argument(Form kind, long bits, object? reference = null) =>
        (Kind, Bits, Reference) = (kind, bits, reference);

    /// <summary>No value: an absent optional argument.</summary>
    public static Argument None => default;

    public static implicit operator Argument(Tensor? tensor) => tensor is null ? default : new(Form.Tensor, 0, tensor);

    public static implicit operator Argument(long value) => new(Form.Int, value);

    public static implicit operator Argument(double value) => new(Form.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Argument(bool value) => new(Form.Bool, value ? 1 : 0);

    public static implicit operator Argument(string? value) => value is null ? default : new(Form.String, 0, value);

    public static implicit operator Argument(long[]? list) => list is null ? default : new(Form.IntList, 0, list);

    public static implicit operator Argument(double[]? list) => list is null ? default : new(Form.DoubleList, 0, list);

    public static implicit operator Argument(Tensor?[] list) => new(Form.TensorList, 0, list);

    public static implicit operator Argument(bool[] list) => new(Form.BoolList, 0, list);

    public static implicit operator Argument(DType type) => new(Form.Int, (long)type);

    public static implicit operator Argument(DType? type) => type is { } known ? known : default;

    public static implicit operator Argument(Device device) => device.ToString();

    public static implicit operator Argument(MemoryFormat format) => new(Form.Int, (long)format);

    /// <summary>How many eight-byte words of list memory the native form needs.</summary>
    internal int Words =>
        Kind switch
        {
            Form.IntList => ((long[])Reference!).Length,
            Form.DoubleList => ((double[])Reference!).Length,
            Form.BoolList => ((bool[])Reference!).Length,
            Form.TensorList => ((Tensor?[])Reference!).Length,
            Form.String => (System.Text.Encoding.UTF8.GetByteCount((string)Reference!) + 7) / 8,
            _ => 0,
        };

    /// <summary>
    /// Writes the native form; lists go to <paramref name="memory"/>, of which the words used are returned.
    /// </summary>
    internal unsafe int Write(NativeValue* value, long* memory)
    {
        value->Kind = (int)Kind;
        value->Length = 0;
        value->Bits = Bits;
        if (Kind == Form.Tensor)
            value->Bits = Unsafe.As<Tensor>(Reference!).Pointer;
        else if (Reference is not null)
            return WriteList(value, memory);
        return 0;
    }

    private unsafe int WriteList(NativeValue* value, long* memory)
    {
        var words = Words;
        value->Bits = (long)memory;
        value->Length = words;
        switch (Reference)
        {
            case long[] list:
                list.CopyTo(new Span<long>(memory, words));
                break;
            case double[] list:
                list.CopyTo(new Span<double>(memory, words));
                break;
            case bool[] list:
                for (var i = 0; i < words; i++)
                    memory[i] = list[i] ? 1 : 0;
                break;
            case Tensor?[] list:
                for (var i = 0; i < words; i++)
                    memory[i] = list[i]?.Pointer ?? 0;
                break;
            case string text:
                value->Length = System.Text.Encoding.UTF8.GetBytes(text, new Span<byte>(memory, words * 8));
                break;
        }
        return words;
    }
}
