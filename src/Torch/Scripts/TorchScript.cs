using System.Runtime.InteropServices;
using Coverslip.Files;
using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Scripts;

/// <summary>
/// A network as a TorchScript file: written by tracing one run, opened by Python's <c>torch.jit.load</c>, by C++, or
/// here.
/// </summary>
public sealed unsafe class TorchScript : IDisposable
{
    private readonly ScriptHandle handle;
    private readonly string path;

    private TorchScript(string path, nint pointer) => (this.path, handle) = (path, new ScriptHandle(pointer));

    /// <summary>
    /// Runs <paramref name="forward"/> once on <paramref name="example"/>, in evaluation mode and without gradients,
    /// and writes the recorded operators with the parameters and buffers of the stores under their paths; of several
    /// stores under <c>1.</c>, <c>2.</c> and so on.
    /// </summary>
    /// <param name="path">The file; it appears whole, or stays as it was.</param>
    /// <param name="stores">The state of the network, or of several; training switches are set back afterwards.</param>
    /// <param name="forward">The network. What it decides in C# (sizes, branches) is recorded as for the
    /// example.</param>
    /// <param name="example">Inputs of the sizes that the script is for.</param>
    /// <exception cref="TorchException">The run cannot be recorded; an exception of <paramref name="forward"/> comes
    /// through as it is.</exception>
    public static void Save(
        string path,
        IReadOnlyList<ParameterStore> stores,
        Func<Tensor[], Tensor[]> forward,
        Tensor[] example
    )
    {
        var training = stores.Where(s => s.Training).ToArray();
        foreach (var store in training)
            store.Training = false;
        try
        {
            using var off = new NoGradient();
            WholeFile.WriteAt(path, temporary => Trace(temporary, stores, forward, example));
        }
        finally
        {
            foreach (var store in training)
                store.Training = true;
        }
    }

    /// <summary>Opens a script for evaluation.</summary>
    /// <exception cref="InvalidDataException">It is no TorchScript file; the message names it and says why.</exception>
    public static TorchScript Load(string path, Device device = default)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"no file {path}", path);
        nint result = 0;
        if (NativeMethods.ct_script_load(path, device.ToString(), &result) != 0)
            throw new InvalidDataException($"{path}: no TorchScript file: {NativeMethods.LastError()}");
        return new TorchScript(path, result);
    }

    /// <summary>Runs the script without gradients; it returns a tensor or a tuple of at most 16.</summary>
    /// <exception cref="TorchException">The script refused the inputs, or returned something else.</exception>
    public Tensor[] Run(params Tensor[] inputs)
    {
        using var off = new NoGradient();
        var given = stackalloc nint[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
            given[i] = inputs[i].Pointer;
        var results = stackalloc nint[ManagedFunction.MostOutputs];
        var count = 0;
        var code = NativeMethods.ct_script_run(Pointer, given, inputs.Length, results, &count);
        GC.KeepAlive(inputs);
        if (code != 0)
            throw new TorchException($"{path}: {NativeMethods.LastError()}");
        var outputs = new Tensor[count];
        for (var i = 0; i < count; i++)
            outputs[i] = Tensor.Own(results[i]);
        return outputs;
    }

    public void Dispose() => handle.Dispose();

    private nint Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(handle.IsClosed, this);
            return handle.DangerousGetHandle();
        }
    }

    private static void Trace(
        string temporary,
        IReadOnlyList<ParameterStore> stores,
        Func<Tensor[], Tensor[]> forward,
        Tensor[] example
    )
    {
        string Named(int store, string path) => stores.Count == 1 ? path : $"{store + 1}.{path}";
        var state = stores
            .Index()
            .SelectMany(s => s.Item.All.Select(p => (Path: Named(s.Index, p.Path), p.Value)))
            .ToArray();
        var buffers = stores
            .Index()
            .SelectMany(s => s.Item.Buffers.Select(p => Named(s.Index, p.Path)))
            .ToHashSet(StringComparer.Ordinal);
        var inputs = example.Select(t => t.Pointer).ToArray();
        var values = state.Select(s => s.Value.Pointer).ToArray();
        var isBuffer = state.Select(s => buffers.Contains(s.Path) ? 1 : 0).ToArray();
        var names = state.Select(s => Marshal.StringToCoTaskMemUTF8(s.Path)).ToArray();
        var context = GCHandle.Alloc(forward);
        Tracing.IsOn = true;
        try
        {
            fixed (
                nint* given = inputs,
                    name = names,
                    value = values
            )
            fixed (int* buffer = isBuffer)
                ManagedFunction.Check(
                    NativeMethods.ct_script_save(
                        temporary,
                        &Callback,
                        GCHandle.ToIntPtr(context),
                        given,
                        inputs.Length,
                        (byte**)name,
                        value,
                        buffer,
                        values.Length
                    )
                );
        }
        finally
        {
            Tracing.IsOn = false;
            context.Free();
            foreach (var name in names)
                Marshal.FreeCoTaskMem(name);
        }
        GC.KeepAlive(example);
    }

    [UnmanagedCallersOnly]
    private static int Callback(nint context, nint* inputs, int count, nint* outputs) =>
        ManagedFunction.Run((Func<Tensor[], Tensor[]>)GCHandle.FromIntPtr(context).Target!, inputs, count, outputs);

    private sealed class ScriptHandle : SafeHandle
    {
        internal ScriptHandle(nint pointer)
            : base(0, ownsHandle: true) => SetHandle(pointer);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            NativeMethods.ct_script_release(handle);
            return true;
        }
    }
}
