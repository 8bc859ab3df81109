using System.Runtime.InteropServices;

namespace Coverslip.Torch;

/// <summary>
/// Runs a part of a network keeping only its inputs; its activations are computed again in the backward pass (Chen et
/// al. 2016). The second run draws the same random numbers. The part must be a function of its inputs and parameters.
/// </summary>
public static unsafe class Recompute
{
    /// <summary>Whether this thread is inside a second run, where running statistics must not move again.</summary>
    [field: ThreadStatic]
    public static bool IsSecondRun { get; private set; }

    /// <summary>Runs <paramref name="part"/> on <paramref name="inputs"/>; at most 16 outputs.</summary>
    public static Tensor[] Run(Func<Tensor[], Tensor[]> part, params Tensor[] inputs)
    {
        if (inputs.Length == 0)
            throw new ArgumentException("a recomputed part needs at least one input");
        var given = stackalloc nint[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
            given[i] = inputs[i].Pointer;
        var results = stackalloc nint[ManagedFunction.MostOutputs];
        var count = ManagedFunction.MostOutputs;
        var context = GCHandle.ToIntPtr(GCHandle.Alloc(new Part(part))); // freed by Release
        var code = NativeMethods.ct_recompute(&Callback, &Release, context, given, inputs.Length, results, &count);
        GC.KeepAlive(inputs);
        ManagedFunction.Check(code);
        var outputs = new Tensor[count];
        for (var i = 0; i < count; i++)
            outputs[i] = Tensor.Own(results[i]);
        return outputs;
    }

    /// <summary>
    /// Computes a part a second time by hand: as in the second run of <see cref="Run"/>, running statistics do not move
    /// again. What is random is the caller's to repeat (<see cref="TorchRuntime.SetRandomState"/>).
    /// </summary>
    public static T Again<T>(Func<T> part)
    {
        var outer = IsSecondRun;
        IsSecondRun = true;
        try
        {
            return part();
        }
        finally
        {
            IsSecondRun = outer;
        }
    }

    private sealed class Part(Func<Tensor[], Tensor[]> function)
    {
        public Func<Tensor[], Tensor[]> Function => function;
        public int Runs { get; set; }
    }

    [UnmanagedCallersOnly]
    private static void Release(nint context) => GCHandle.FromIntPtr(context).Free();

    [UnmanagedCallersOnly]
    private static int Callback(nint context, nint* inputs, int count, nint* outputs)
    {
        var part = (Part)GCHandle.FromIntPtr(context).Target!;
        var outer = IsSecondRun;
        // The first run of a part inside another's second run moved its running statistics already.
        IsSecondRun = part.Runs++ > 0 || outer;
        try
        {
            return ManagedFunction.Run(part.Function, inputs, count, outputs);
        }
        finally
        {
            IsSecondRun = outer;
        }
    }
}
