using System.Runtime.InteropServices;

namespace Coverslip.Torch.Distributed;

/// <summary>
/// Where processes that train together meet, before they are a group and when one of them is missed: texts and counters
/// by key, kept by the one that serves (c10d's TCPStore).
/// </summary>
public sealed unsafe class GroupStore : IDisposable
{
    private nint pointer;

    private GroupStore(nint pointer, int port) => (this.pointer, Port) = (pointer, port);

    /// <summary>The port it is served at.</summary>
    public int Port { get; }

    internal nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(pointer == 0, this);
            return pointer;
        }
    }

    /// <summary>Serves a store of this process's own, and opens it.</summary>
    /// <param name="host">The address others reach this machine by.</param>
    /// <param name="port">Where; 0 for a free one.</param>
    /// <param name="timeout">Longest wait for a key.</param>
    /// <exception cref="TorchException">The port is taken.</exception>
    public static GroupStore Serve(string host, int port, TimeSpan timeout) => Open(host, port, true, timeout);

    /// <summary>Opens the store of another process.</summary>
    /// <param name="host">Its address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="timeout">Longest wait for it, and for a key.</param>
    /// <exception cref="TorchException">Nobody serves there.</exception>
    public static GroupStore Join(string host, int port, TimeSpan timeout) => Open(host, port, false, timeout);

    /// <summary>Adds to a counter, which begins at 0; returns its new value.</summary>
    public long Add(string key, long value)
    {
        long result;
        NativeMethods.Check(NativeMethods.ct_store_add(Pointer, key, value, &result));
        return result;
    }

    /// <summary>Sets a text.</summary>
    public void Set(string key, string value) => NativeMethods.Check(NativeMethods.ct_store_set(Pointer, key, value));

    /// <summary>A text, once somebody has set it.</summary>
    /// <exception cref="TorchException">Nobody did within the timeout.</exception>
    public string Get(string key)
    {
        byte* text;
        NativeMethods.Check(NativeMethods.ct_store_get(Pointer, key, &text));
        return Marshal.PtrToStringUTF8((nint)text) ?? "";
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref pointer, 0) is not 0 and var held)
            NativeMethods.ct_store_release(held);
    }

    private static GroupStore Open(string host, int port, bool serves, TimeSpan timeout)
    {
        nint result = 0;
        NativeMethods.Check(
            NativeMethods.ct_store_open(host, &port, serves ? 1 : 0, (int)timeout.TotalSeconds, &result)
        );
        return new GroupStore(result, port);
    }
}
