namespace Coverslip.Torch.Scripts;

/// <summary>
/// Writes down, as nodes of an ONNX graph, the operators that are called on what depends on the images. What does not depend
/// on them is a constant and enters as its numbers.
/// </summary>
internal sealed class OnnxRecorder(OnnxGraphWriter graph, long images) : OperatorRecorder
{
    // By address of the tensor; whoever makes a tensor at an address again forgets the one before.
    private readonly Dictionary<nint, string> values = [];
    private bool busy;

    internal void Name(Tensor tensor, string name) => values[tensor.Pointer] = name;

    /// <summary>The value that a tensor is.</summary>
    /// <exception cref="InvalidOperationException">It does not depend on the images.</exception>
    internal string NameOf(Tensor tensor) =>
        values.TryGetValue(tensor.Pointer, out var name)
            ? name
            : throw new InvalidOperationException(
                "what the network says does not depend on its images, or is computed by something that is no operator of libtorch"
            );

    internal override object? Before(string name, ReadOnlySpan<Argument> arguments)
    {
        if (busy)
            return null;
        var depends = false;
        foreach (ref readonly var argument in arguments)
            depends |= argument.Reference switch
            {
                Tensor tensor => values.ContainsKey(tensor.Pointer),
                Tensor?[] list => list.Any(t => t is not null && values.ContainsKey(t.Pointer)),
                _ => false,
            };
        if (!depends)
            return null;
        busy = true; // shapes and constants are read by operators, too
        try
        {
            return new OnnxOperators(graph, arguments.ToArray(), Named, images).Of(name);
        }
        finally
        {
            busy = false;
        }
    }

    internal override void After(object? call, ReadOnlySpan<Tensor?> results)
    {
        if (call is not string[] names)
            return;
        for (var i = 0; i < names.Length; i++)
            values[results[i]!.Pointer] = names[i];
    }

    internal override void Forget(nint pointer) => values.Remove(pointer);

    private string Named(Tensor tensor) =>
        values.TryGetValue(tensor.Pointer, out var name) ? name : graph.Constant(tensor);
}
