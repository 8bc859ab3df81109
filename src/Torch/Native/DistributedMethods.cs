using System.Runtime.InteropServices;

namespace Coverslip.Torch;

/// <summary>The exports of distributed.cpp.</summary>
internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    internal static partial int ct_group_backends();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ct_store_open(string host, int* port, int server, int timeout, nint* result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ct_store_add(nint store, string key, long value, long* result);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ct_store_set(nint store, string key, string value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ct_store_get(nint store, string key, byte** result);

    [LibraryImport(Library)]
    internal static partial void ct_store_release(nint store);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ct_group_open(
        nint store,
        int* rankOfSize,
        int backend,
        string address,
        int timeout,
        nint* result
    );

    [LibraryImport(Library)]
    internal static partial void ct_group_release(nint group);

    [LibraryImport(Library)]
    internal static partial int ct_group_broadcast(nint group, nint* tensors, int count, int root);

    [LibraryImport(Library)]
    internal static partial int ct_group_sum(nint group, nint* tensors, int count);

    [LibraryImport(Library)]
    internal static partial int ct_group_sum_gradients(nint group, nint* parameters, int count);

    [LibraryImport(Library)]
    internal static partial int ct_group_batch_norm(nint group, nint* tensors, GroupNorm* norm, nint* result);

    [LibraryImport(Library)]
    internal static partial int ct_reducer_open(nint group, nint* parameters, int count, nint* result);

    [LibraryImport(Library)]
    internal static partial int ct_reducer_begin(nint reducer);

    [LibraryImport(Library)]
    internal static partial int ct_reducer_end(nint reducer);

    [LibraryImport(Library)]
    internal static partial void ct_reducer_release(nint reducer);
}

/// <summary>A norm of group_norm.cpp: how it moves running statistics, whether this rank counts, where a ReLU stands.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct GroupNorm(double Momentum, double Epsilon, int Counts, int Relu);
