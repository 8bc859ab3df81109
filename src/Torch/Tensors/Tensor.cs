namespace Coverslip.Torch;

/// <summary>
/// An n-dimensional array of libtorch. Operations return new tensors and leave their operands; those whose name ends in
/// <c>InPlace</c> return nothing. Dispose of it, or make it inside a <see cref="TensorScope"/>.
/// </summary>
public sealed partial class Tensor : IDisposable
{
    private readonly TensorHandle handle;

    private Tensor(nint pointer) => handle = new TensorHandle(pointer);

    /// <summary>The native pointer, for the time of a call.</summary>
    /// <exception cref="ObjectDisposedException">The tensor's scope has ended, or it was disposed of.</exception>
    internal nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle.IsClosed, this);
            return handle.DangerousGetHandle();
        }
    }

    internal static Tensor Own(nint pointer)
    {
        if (pointer == 0)
            throw new TorchException("the operator returned no tensor");
        OperatorRecorder.Current?.Forget(pointer);
        var tensor = new Tensor(pointer);
        TensorScope.Register(tensor);
        return tensor;
    }

    /// <summary>Native references alive in the process.</summary>
    public static long Live => NativeMethods.ct_live();

    /// <summary>References that were finalized instead of disposed of.</summary>
    public static long Leaked => TensorHandle.Leaked;

    /// <summary>Sizes of the dimensions, outermost first.</summary>
    public unsafe long[] Shape
    {
        get
        {
            var info = Info();
            return new ReadOnlySpan<long>(info.Shape, info.Dimensions).ToArray();
        }
    }

    public DType DType => (DType)Info().DType;

    public Device Device
    {
        get
        {
            var info = Info();
            return Device.From(info.Device, info.DeviceIndex);
        }
    }

    /// <summary>Whether gradients are recorded for it.</summary>
    public bool RequiresGrad
    {
        get => Info().RequiresGrad != 0;
        set => NativeMethods.Check(NativeMethods.ct_set_requires_grad(Pointer, value ? 1 : 0));
    }

    /// <summary>Whether a 4-d tensor lies pixel by pixel.</summary>
    public bool IsChannelsLast => Info().ChannelsLast != 0;

    /// <summary>Number of elements.</summary>
    public long Count
    {
        get
        {
            long count = 1;
            foreach (var side in Shape)
                count *= side;
            return count;
        }
    }

    /// <summary>Size of one dimension; negative counts from the end.</summary>
    public unsafe long Size(int dimension)
    {
        var info = Info();
        var index = dimension < 0 ? dimension + info.Dimensions : dimension;
        if (index < 0 || index >= info.Dimensions)
            throw new ArgumentOutOfRangeException(
                nameof(dimension),
                dimension,
                $"the tensor has {info.Dimensions} dimensions"
            );
        return info.Shape[index];
    }

    /// <summary>The gradient that backward left at this leaf; null before. The caller owns the reference.</summary>
    public unsafe Tensor? Gradient
    {
        get
        {
            nint result = 0;
            NativeMethods.Check(NativeMethods.ct_grad(Pointer, &result));
            return result == 0 ? null : Own(result);
        }
        set => NativeMethods.Check(NativeMethods.ct_set_grad(Pointer, value?.Pointer ?? 0));
    }

    /// <summary>
    /// Adds d(this)/d(leaf) to the gradient of every leaf that requires one; this is a scalar unless <paramref
    /// name="gradient"/> is given.
    /// </summary>
    public unsafe void Backward(Tensor? gradient = null, bool retainGraph = false)
    {
        nint root = Pointer,
            with = gradient?.Pointer ?? 0;
        ManagedFunction.Check(NativeMethods.ct_backward(&root, &with, 1, retainGraph ? 1 : 0));
        GC.KeepAlive(gradient);
    }

    /// <summary>A second native reference to the same tensor, for a native caller that takes it over.</summary>
    internal nint NewReference() => NativeMethods.ct_share(Pointer);

    public void Dispose() => handle.Dispose();

    public override string ToString() =>
        handle.IsClosed ? "Tensor (disposed)" : $"{DType}[{string.Join(", ", Shape)}] on {Device}";

    private unsafe NativeInfo Info()
    {
        NativeInfo info;
        var code = NativeMethods.ct_info(Pointer, &info);
        GC.KeepAlive(this);
        NativeMethods.Check(code);
        return info;
    }
}
