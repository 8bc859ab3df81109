using System.Runtime.InteropServices;

namespace Coverslip.Torch;

/// <summary>The process-wide side of libtorch: version, seed, threads, GPUs.</summary>
public static unsafe class TorchRuntime
{
    /// <summary>The libtorch that the native library was built against, such as <c>1.13.0</c>.</summary>
    public static string Version => Marshal.PtrToStringUTF8((nint)NativeMethods.ct_version()) ?? "";

    /// <summary>
    /// The instruction set of the library's own kernels: <c>avx512</c>, <c>avx2</c> or <c>none</c>; the widest there
    /// is, or what <c>COVERSLIP_SIMD</c> names.
    /// </summary>
    /// <exception cref="TorchException">COVERSLIP_SIMD is unknown or more than the processor has.</exception>
    public static string Simd
    {
        get
        {
            byte* name;
            NativeMethods.Check(NativeMethods.ct_simd(&name));
            return Marshal.PtrToStringUTF8((nint)name) ?? "";
        }
    }

    /// <summary>CUDA GPUs that this libtorch can use.</summary>
    public static int CudaDevices => NativeMethods.ct_cuda_devices();

    /// <summary>Threads inside one operator; where <see cref="Reproducible"/>, inside one of the library's own.</summary>
    public static int Threads
    {
        get => NativeMethods.ct_threads(0);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            NativeMethods.ct_threads(value);
        }
    }

    /// <summary>
    /// Whether results do not depend on <see cref="Threads"/>: the library's own operators sum in fixed shares, and
    /// libtorch's, which cannot promise it, compute with one thread. False by default; for the processor only.
    /// </summary>
    public static bool Reproducible
    {
        get => NativeMethods.ct_reproducible(-1) == 1;
        set => NativeMethods.ct_reproducible(value ? 1 : 0);
    }

    /// <summary>Seeds every device's generator.</summary>
    public static void Seed(long seed) => NativeMethods.Check(NativeMethods.ct_seed(seed));

    /// <summary>Waits until a GPU has done what was asked of it; nothing to wait for on the processor.</summary>
    public static void Synchronize(Device device)
    {
        if (device.IsCuda)
            NativeMethods.Check(NativeMethods.ct_cuda_synchronize(device.Index));
    }

    /// <summary>
    /// The random state of a device's generator, to be stored and set again by <see cref="SetRandomState"/>.
    /// </summary>
    public static byte[] RandomState(Device device = default)
    {
        nint result = 0;
        NativeMethods.Check(NativeMethods.ct_random_state(device.Kind, device.Index, 0, &result));
        using var escape = TensorScope.Escape();
        using var state = Tensor.Own(result);
        return state.ToArray<byte>();
    }

    /// <summary>Sets what <see cref="RandomState"/> returned.</summary>
    public static void SetRandomState(byte[] state, Device device = default)
    {
        using var escape = TensorScope.Escape();
        using var given = Tensor.From(state);
        nint result = 0;
        NativeMethods.Check(NativeMethods.ct_random_state(device.Kind, device.Index, given.Pointer, &result));
        NativeMethods.ct_release(result);
    }
}
