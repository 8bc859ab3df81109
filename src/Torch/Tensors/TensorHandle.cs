using System.Runtime.InteropServices;

namespace Coverslip.Torch;

/// <summary>
/// The only owner of one native reference. One that dies on the finalizer thread was leaked, and is counted.
/// </summary>
internal sealed class TensorHandle : SafeHandle
{
    private static long leaked;
    private bool released;

    internal TensorHandle(nint pointer)
        : base(0, ownsHandle: true) => SetHandle(pointer);

    /// <summary>References that nobody disposed of.</summary>
    internal static long Leaked => Interlocked.Read(ref leaked);

    public override bool IsInvalid => handle == 0;

    protected override void Dispose(bool disposing)
    {
        if (!disposing && !released)
            Interlocked.Increment(ref leaked);
        base.Dispose(disposing);
    }

    protected override bool ReleaseHandle()
    {
        released = true;
        NativeMethods.ct_release(handle);
        return true;
    }
}
