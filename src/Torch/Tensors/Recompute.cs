using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Coverslip.Torch.Native;

namespace Coverslip.Torch;

/// <summary>
/// Runs a part of a network keeping only its inputs; its activations are computed again in the backward pass (Chen et
/// al. 2016). The second run draws the same random numbers. The part must be a function of its inputs and parameters.
/// </summary>
public static unsafe class Recompute
{
    [ThreadStatic] private static Exception? failure;

    /// <summary>Whether this thread is inside a second run, where running statistics must not move again.</summary>
    [field: ThreadStatic] public static bool IsSecondRun { get; private set; }

    /// <summary>Runs <paramref name="part"/> on <paramref name="inputs"/>; at most 16 outputs.</summary>
    public static Tensor[] Run(Func<Tensor[], Tensor[]> part, params Tensor[] inputs)
    {
        var context = GCHandle.Alloc(new Part(part));
        var given = stackalloc nint[inputs.Length];
        for (var i = 0; i < inputs.Length; i++) given[i] = inputs[i].Pointer;
        var results = stackalloc nint[16];
        var count = 16;
        failure = null;
        var code = NativeMethods.ct_recompute(&Callback, &Release, GCHandle.ToIntPtr(context), given, inputs.Length, results, &count);
        GC.KeepAlive(inputs);
        Rethrow(code);
        var outputs = new Tensor[count];
        for (var i = 0; i < count; i++) outputs[i] = Tensor.Own(results[i]);
        return outputs;
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
        IsSecondRun = part.Runs++ > 0;
        try
        {
            return Managed(part.Function, inputs, count, outputs);
        }
        finally
        {
            IsSecondRun = false;
        }
    }

    /// <summary>Runs a managed function between native inputs and outputs; an exception is kept for the managed caller.</summary>
    internal static int Managed(Func<Tensor[], Tensor[]> function, nint* inputs, int count, nint* outputs)
    {
        try
        {
            using var scope = new TensorScope();
            var given = new Tensor[count];
            for (var i = 0; i < count; i++) given[i] = Tensor.Own(inputs[i]);
            var results = function(given);
            for (var i = 0; i < results.Length; i++) outputs[i] = results[i].NewReference();
            return results.Length;
        }
        catch (Exception error)
        {
            failure = error;
            return -1;
        }
    }

    internal static void Rethrow(int code)
    {
        var inner = failure;
        failure = null;
        if (code != 0 && inner is not null) ExceptionDispatchInfo.Throw(inner);
        NativeMethods.Check(code);
    }
}
