using System.Runtime.InteropServices;
using Coverslip.Files;

namespace Coverslip.Torch;

/// <summary>The exports of libcoverslip_torch, one to one (native/torch/coverslip_torch.h).</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "coverslip_torch";

    static NativeMethods() => NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, LibraryFinder.Resolve);

    [LibraryImport(Library)]
    internal static partial byte* ct_last_error();

    [LibraryImport(Library)]
    internal static partial byte* ct_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ct_operator(string name, string overload);

    [LibraryImport(Library)]
    internal static partial int ct_call(
        nint op,
        NativeValue* arguments,
        int count,
        NativeValue* results,
        int* resultCount
    );

    [LibraryImport(Library)]
    internal static partial void ct_release(nint tensor);

    [LibraryImport(Library)]
    internal static partial nint ct_share(nint tensor);

    [LibraryImport(Library)]
    internal static partial long ct_live();

    [LibraryImport(Library)]
    internal static partial int ct_info(nint tensor, NativeInfo* info);

    [LibraryImport(Library)]
    internal static partial int ct_set_requires_grad(nint tensor, int value);

    [LibraryImport(Library)]
    internal static partial int ct_grad(nint tensor, nint* result);

    [LibraryImport(Library)]
    internal static partial int ct_set_grad(nint tensor, nint gradient);

    [LibraryImport(Library)]
    internal static partial int ct_backward(nint* roots, nint* gradients, int count, int retain);

    [LibraryImport(Library)]
    internal static partial int ct_recompute(
        delegate* unmanaged<nint, nint*, int, nint*, int> function,
        delegate* unmanaged<nint, void> release,
        nint context,
        nint* inputs,
        int count,
        nint* results,
        int* resultCount
    );

    [LibraryImport(Library)]
    internal static partial int ct_grad_mode(int enabled);

    [LibraryImport(Library)]
    internal static partial nint ct_inference_begin();

    [LibraryImport(Library)]
    internal static partial void ct_inference_end(nint mode);

    [LibraryImport(Library)]
    internal static partial int ct_autocast(int device, int entered, int* enabled, int* dtype);

    [LibraryImport(Library)]
    internal static partial int ct_autocast_on(int device);

    [LibraryImport(Library)]
    internal static partial int ct_seed(long seed);

    [LibraryImport(Library)]
    internal static partial int ct_random_state(int device, int index, nint state, nint* result);

    [LibraryImport(Library)]
    internal static partial int ct_threads(int threads);

    [LibraryImport(Library)]
    internal static partial void ct_thread_share(int threads);

    [LibraryImport(Library)]
    internal static partial int ct_reproducible(int reproducible);

    [LibraryImport(Library)]
    internal static partial int ct_cuda_devices();

    [LibraryImport(Library)]
    internal static partial int ct_cuda_synchronize(int index);

    [LibraryImport(Library)]
    internal static partial int ct_simd(byte** name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ct_script_save(
        string path,
        delegate* unmanaged<nint, nint*, int, nint*, int> function,
        nint context,
        nint* inputs,
        int count,
        byte** names,
        nint* values,
        int* buffers,
        int valueCount
    );

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ct_script_load(string path, string device, nint* result);

    [LibraryImport(Library)]
    internal static partial int ct_script_run(nint script, nint* inputs, int count, nint* results, int* resultCount);

    [LibraryImport(Library)]
    internal static partial void ct_script_release(nint script);

    [LibraryImport(Library)]
    internal static partial int ct_conv_pack(nint weight, nint bias, long* geometry, long* shape, nint* result);

    [LibraryImport(Library)]
    internal static partial int ct_conv_run(nint packed, nint input, nint added, nint* result);

    [LibraryImport(Library)]
    internal static partial void ct_conv_release(nint packed);

    /// <summary>Turns a non-zero result into an exception with the native side's text.</summary>
    internal static void Check(int result)
    {
        if (result != 0)
            throw new TorchException(LastError());
    }

    internal static string LastError() => Marshal.PtrToStringUTF8((nint)ct_last_error()) ?? "";
}

/// <summary>One boxed argument or result; layout as CtValue.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public int Kind;
    public int Length;
    public long Bits;
}

/// <summary>What a tensor is; layout as CtInfo.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeInfo
{
    public fixed long Shape[8];
    public fixed long Strides[8];
    public nint Data;
    public int Dimensions,
        DType,
        Device,
        DeviceIndex,
        RequiresGrad,
        ChannelsLast;
}
