using System.Buffers;

namespace Coverslip.Torch;

/// <summary>
/// An operator of libtorch's dispatcher, found by name and called with boxed arguments. Arguments left out at the end
/// take the schema's defaults; each is converted by the schema's type.
/// </summary>
internal sealed class Operator
{
    private const int MaxResults = 64;
    private readonly nint handle;
    private readonly string name;

    /// <param name="name">Qualified name, such as <c>aten::conv2d</c>.</param>
    /// <param name="overload">Overload, such as <c>Tensor</c>; empty for the unnamed one.</param>
    /// <exception cref="TorchException">There is no such operator.</exception>
    public Operator(string name, string overload = "")
    {
        (handle, this.name) = (NativeMethods.ct_operator(name, overload), name);
        if (handle == 0)
            throw new TorchException($"no operator {name}.{overload}: {NativeMethods.LastError()}");
    }

    /// <summary>Calls an operator that returns one tensor.</summary>
    public unsafe Tensor Call(params ReadOnlySpan<Argument> arguments)
    {
        NativeValue result;
        var count = 1;
        var (recorder, call) = Record(arguments);
        Invoke(arguments, &result, &count);
        var tensor = Tensor.Own((nint)result.Bits);
        recorder?.After(call, [tensor]);
        return tensor;
    }

    /// <summary>Calls an in-place operator; the returned alias of its operand is dropped.</summary>
    public unsafe void Run(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        var count = MaxResults;
        var (recorder, call) = Record(arguments);
        Invoke(arguments, results, &count);
        recorder?.After(call, [arguments[0].Reference as Tensor]);
        for (var i = 0; i < count; i++)
            if (results[i].Kind == (int)Argument.Form.Tensor)
                NativeMethods.ct_release((nint)results[i].Bits);
    }

    /// <summary>
    /// Calls an operator that returns several tensors or a list of at most 64; undefined ones are null.
    /// </summary>
    public unsafe Tensor?[] CallMany(params ReadOnlySpan<Argument> arguments)
    {
        var results = stackalloc NativeValue[MaxResults];
        var count = MaxResults;
        var (recorder, call) = Record(arguments);
        Invoke(arguments, results, &count);
        var tensors = new Tensor?[count];
        for (var i = 0; i < count; i++)
            tensors[i] = results[i].Kind == (int)Argument.Form.Tensor ? Tensor.Own((nint)results[i].Bits) : null;
        recorder?.After(call, tensors);
        return tensors;
    }

    private (OperatorRecorder? Recorder, object? Call) Record(ReadOnlySpan<Argument> arguments) =>
        OperatorRecorder.Current is { } recorder ? (recorder, recorder.Before(name, arguments)) : default;

    private unsafe void Invoke(ReadOnlySpan<Argument> arguments, NativeValue* results, int* count)
    {
        var words = 0;
        foreach (ref readonly var argument in arguments)
            words += argument.Words;
        var values = stackalloc NativeValue[arguments.Length];
        if (words <= 128)
        {
            var memory = stackalloc long[Math.Max(words, 1)];
            Invoke(arguments, values, memory, results, count);
            return;
        }
        var rented = ArrayPool<long>.Shared.Rent(words);
        try
        {
            fixed (long* memory = rented)
                Invoke(arguments, values, memory, results, count);
        }
        finally
        {
            ArrayPool<long>.Shared.Return(rented);
        }
    }

    private unsafe void Invoke(
        ReadOnlySpan<Argument> arguments,
        NativeValue* values,
        long* memory,
        NativeValue* results,
        int* count
    )
    {
        for (var i = 0; i < arguments.Length; i++)
            memory += arguments[i].Write(values + i, memory);
        NativeMethods.Check(NativeMethods.ct_call(handle, values, arguments.Length, results, count));
        // The span's tensors are reachable until here, so none of their references can go away during the call.
        for (var i = 0; i < arguments.Length; i++)
            GC.KeepAlive(arguments[i].Reference);
    }
}
