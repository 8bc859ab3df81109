namespace Coverslip.Torch;

/// <summary>Switches gradient recording off on this thread until disposed of.</summary>
public readonly ref struct NoGradient
{
    private readonly bool before;

    public NoGradient() => before = NativeMethods.ct_grad_mode(0) != 0;

    public void Dispose() => NativeMethods.ct_grad_mode(before ? 1 : 0);
}

/// <summary>
/// Inference on this thread until disposed of: no gradients, no version counting; its tensors cannot enter training.
/// </summary>
public readonly ref struct Inference
{
    private readonly nint mode;

    public Inference() => mode = NativeMethods.ct_inference_begin();

    public void Dispose() => NativeMethods.ct_inference_end(mode);
}

/// <summary>
/// Runs convolutions and matrix products in a shorter type on this thread until disposed of; parameters stay as they
/// are.
/// </summary>
public readonly unsafe ref struct Autocast
{
    private readonly int device,
        enabled,
        type;

    /// <summary>Whether it is on for the processor on this thread, also inside a part that is recomputed.</summary>
    internal static bool IsOn => NativeMethods.ct_autocast_on(Device.Cpu.Kind) != 0;

    /// <param name="device">Whose operators.</param>
    /// <param name="type">BFloat16, or Float16 on a GPU; Float32 switches nothing.</param>
    public Autocast(Device device, DType type)
    {
        this.device = device.Kind;
        int on = type == DType.Float32 ? 0 : 1,
            wanted = (int)(type == DType.Float32 ? DType.BFloat16 : type);
        NativeMethods.Check(NativeMethods.ct_autocast(this.device, 1, &on, &wanted));
        (enabled, this.type) = (on, wanted);
    }

    public void Dispose()
    {
        int on = enabled,
            wanted = type;
        NativeMethods.Check(NativeMethods.ct_autocast(device, 0, &on, &wanted));
    }
}

/// <summary>
/// So many threads for the operators of this thread until disposed of, for batches that are computed beside each other:
/// with one there is nobody to wait for. Elsewhere <see cref="TorchRuntime.Threads"/> stays as it is.
/// </summary>
public readonly ref struct ThreadShare
{
    /// <param name="threads">At least 1.</param>
    public ThreadShare(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        NativeMethods.ct_thread_share(threads);
    }

    public void Dispose() => NativeMethods.ct_thread_share(0);
}

/// <summary>Whether a network is being recorded for others, who know libtorch's own operators only.</summary>
internal static class Tracing
{
    /// <summary>On this thread.</summary>
    [field: ThreadStatic]
    internal static bool IsOn { get; set; }
}
