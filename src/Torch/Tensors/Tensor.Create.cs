using System.Runtime.CompilerServices;

namespace Coverslip.Torch;

/// <summary>Making tensors and reading them back.</summary>
public sealed partial class Tensor
{
    private static readonly Operator EmptyOp = new("aten::empty", "memory_format"),
        FullOp = new("aten::full"),
        ZerosOp = new("aten::zeros"),
        OnesOp = new("aten::ones"),
        RandOp = new("aten::rand"),
        RandnOp = new("aten::randn"),
        ArangeOp = new("aten::arange", "start_step"),
        ToOp = new("aten::to", "device"),
        CloneOp = new("aten::clone"),
        CopyOp = new("aten::copy_"),
        DetachOp = new("aten::detach"),
        SetDataOp = new("aten::set_data"),
        ContiguousOp = new("aten::contiguous");

    private static Argument Layout => default;

    public static Tensor Zeros(long[] shape, DType type = DType.Float32, Device device = default) =>
        ZerosOp.Call(shape, type, Layout, device);

    public static Tensor Ones(long[] shape, DType type = DType.Float32, Device device = default) =>
        OnesOp.Call(shape, type, Layout, device);

    public static Tensor Full(long[] shape, double value, DType type = DType.Float32, Device device = default) =>
        FullOp.Call(shape, value, type, Layout, device);

    /// <summary>Uninitialized memory.</summary>
    public static Tensor Empty(long[] shape, DType type = DType.Float32, Device device = default) =>
        EmptyOp.Call(shape, type, Layout, device);

    /// <summary>Uniform in [0, 1), from the device's generator (<see cref="TorchRuntime.Seed"/>).</summary>
    public static Tensor Rand(long[] shape, DType type = DType.Float32, Device device = default) =>
        RandOp.Call(shape, type, Layout, device);

    /// <summary>Standard normal, from the device's generator.</summary>
    public static Tensor Randn(long[] shape, DType type = DType.Float32, Device device = default) =>
        RandnOp.Call(shape, type, Layout, device);

    /// <summary>start, start + step, … below end.</summary>
    public static Tensor Arange(
        long start,
        long end,
        long step = 1,
        DType type = DType.Int64,
        Device device = default
    ) => ArangeOp.Call(start, end, step, type, Layout, device);

    /// <summary>A tensor over a copy of <paramref name="values"/>.</summary>
    /// <exception cref="ArgumentException">The shape's product is not the number of values.</exception>
    public static unsafe Tensor From<T>(ReadOnlySpan<T> values, params long[] shape)
        where T : unmanaged
    {
        if (shape.Length == 0)
            shape = [values.Length];
        long count = 1;
        foreach (var side in shape)
            count = checked(count * side);
        if (count != values.Length)
            throw new ArgumentException($"{values.Length} values do not fill the shape [{string.Join(", ", shape)}]");
        var tensor = Empty(shape, DTypes.Of<T>());
        values.CopyTo(new Span<T>((void*)tensor.Info().Data, values.Length));
        return tensor;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, long[])"/>
    public static Tensor From<T>(T[] values, params long[] shape)
        where T : unmanaged => From((ReadOnlySpan<T>)values, shape);

    /// <summary>The elements, copied in row-major order whatever the layout.</summary>
    /// <exception cref="TorchException">T is not the element type.</exception>
    public unsafe T[] ToArray<T>()
        where T : unmanaged
    {
        var info = Info();
        if (
            Unsafe.SizeOf<T>() != ((DType)info.DType).Size()
            || (typeof(T) != typeof(ushort) && DTypes.Of<T>() != (DType)info.DType)
        )
            throw new TorchException($"{this} cannot be read as {typeof(T).Name}");
        using var escape = TensorScope.Escape();
        using var plain = To(Device.Cpu);
        using var rows = plain.Contiguous();
        var values = new T[Count];
        new ReadOnlySpan<T>((void*)rows.Info().Data, values.Length).CopyTo(values);
        return values;
    }

    /// <summary>The one element of a scalar tensor, as a double.</summary>
    public double Item()
    {
        using var escape = TensorScope.Escape();
        using var plain = To(Device.Cpu, DType.Float64);
        var values = plain.ToArray<double>();
        return values.Length == 1
            ? values[0]
            : throw new TorchException($"Item: {this} has {values.Length} elements, expected was one");
    }

    /// <summary>The memory of a contiguous processor tensor and its length in bytes, while the tensor lives.</summary>
    internal unsafe (nint Data, long Length) Memory()
    {
        var info = Info();
        if (info.Device != 0)
            throw new TorchException($"{this} is not in the processor's memory");
        return (info.Data, Count * ((DType)info.DType).Size());
    }

    /// <summary>Moved or converted; the same tensor's alias where nothing changes.</summary>
    public Tensor To(Device device, DType? type = null, MemoryFormat format = MemoryFormat.Preserve) =>
        ToOp.Call(this, device, type ?? DType, false, false, format);

    /// <summary>Converted to another element type.</summary>
    public Tensor To(DType type) => ToOp.Call(this, Device, type);

    /// <summary>The same values in the given layout; an alias where they lie so already.</summary>
    public Tensor Contiguous(MemoryFormat format = MemoryFormat.Contiguous) => ContiguousOp.Call(this, format);

    /// <summary>A copy of its own memory.</summary>
    public Tensor Clone() => CloneOp.Call(this);

    /// <summary>The same memory without its history of gradients.</summary>
    public Tensor Detach() => DetachOp.Call(this);

    /// <summary>Overwrites this with <paramref name="source"/>, broadcast and converted.</summary>
    public void CopyInPlace(Tensor source) => CopyOp.Run(this, source);

    /// <summary>Takes over another tensor's memory and layout, keeping identity, gradient flag and history.</summary>
    internal void SetDataFrom(Tensor source) => SetDataOp.Run(this, source);
}
