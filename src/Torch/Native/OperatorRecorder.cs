namespace Coverslip.Torch;

/// <summary>Told of every operator that is called on this thread while it is <see cref="Current"/>.</summary>
internal abstract class OperatorRecorder
{
    [field: ThreadStatic]
    internal static OperatorRecorder? Current { get; set; }

    /// <summary>Before the call, with operands as they are; what it returns comes back with the results.</summary>
    internal abstract object? Before(string name, ReadOnlySpan<Argument> arguments);

    internal abstract void After(object? call, ReadOnlySpan<Tensor?> results);

    /// <summary>A tensor was made: what was known of its address belongs to one that is gone.</summary>
    internal abstract void Forget(nint pointer);
}
