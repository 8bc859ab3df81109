using System.Runtime.ExceptionServices;

namespace Coverslip.Torch;

/// <summary>
/// A C# function that libtorch calls in the middle of its own work. Its exception cannot cross native frames: it is
/// kept,
/// the native side fails, and <see cref="Check"/> throws it again.
/// </summary>
internal static unsafe class ManagedFunction
{
    internal const int MostOutputs = 16;

    // Text of native/torch's invoke(); libtorch carries it through, also from its own backward threads of a GPU.
    private const string Failed = "a managed function failed";

    private static Exception? failure;

    /// <summary>
    /// Runs a function between native inputs, which it takes over, and outputs; negative after an exception.
    /// </summary>
    internal static int Run(Func<Tensor[], Tensor[]> function, nint* inputs, int count, nint* outputs)
    {
        var written = 0;
        try
        {
            using var scope = new TensorScope();
            var given = new Tensor[count];
            for (var i = 0; i < count; i++)
                given[i] = Tensor.Own(inputs[i]);
            var results = function(given);
            if (results.Length > MostOutputs)
                throw new TorchException(
                    $"the function returned {results.Length} tensors, at most {MostOutputs} are allowed"
                );
            for (; written < results.Length; written++)
                outputs[written] = results[written].NewReference();
            return written;
        }
        catch (Exception error)
        {
            for (var i = 0; i < written; i++)
                NativeMethods.ct_release(outputs[i]);
            Volatile.Write(ref failure, error);
            return -1;
        }
    }

    /// <summary>Throws after a non-zero result: the function's own exception where that was the reason.</summary>
    internal static void Check(int result)
    {
        if (result == 0)
            return;
        if (
            NativeMethods.LastError().Contains(Failed, StringComparison.Ordinal)
            && Interlocked.Exchange(ref failure, null) is { } inner
        )
            ExceptionDispatchInfo.Throw(inner);
        NativeMethods.Check(result);
    }
}
