using System.Runtime.InteropServices;

namespace Coverslip.Torch;

/// <summary>Collects what a native function hands over tensor by tensor; what is not taken is released.</summary>
internal sealed unsafe class NamedTensors : IDisposable
{
    private readonly Dictionary<string, nint> found = new(StringComparer.Ordinal);
    private readonly GCHandle self;

    internal NamedTensors() => self = GCHandle.Alloc(this);

    internal nint Context => GCHandle.ToIntPtr(self);

    [UnmanagedCallersOnly]
    internal static void Found(nint context, byte* name, nint tensor)
    {
        var named = (NamedTensors)GCHandle.FromIntPtr(context).Target!;
        if (!named.found.TryAdd(Marshal.PtrToStringUTF8((nint)name)!, tensor))
            NativeMethods.ct_release(tensor);
    }

    /// <summary>The tensors, now the caller's.</summary>
    internal Dictionary<string, Tensor> Take()
    {
        var tensors = found.ToDictionary(entry => entry.Key, entry => Tensor.Own(entry.Value), StringComparer.Ordinal);
        found.Clear();
        return tensors;
    }

    public void Dispose()
    {
        foreach (var pointer in found.Values)
            NativeMethods.ct_release(pointer);
        self.Free();
    }
}
