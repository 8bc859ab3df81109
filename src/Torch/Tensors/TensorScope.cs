namespace Coverslip.Torch;

/// <summary>
/// Disposes of every tensor that was made on its thread while it was open and not handed out with <see cref="Keep"/>.
/// A ref struct, so that it cannot cross an <c>await</c> and change threads. Scopes nest.
/// </summary>
/// <example><c>using var scope = new TensorScope(); var loss = Step(); return scope.Keep(loss);</c></example>
public readonly ref struct TensorScope
{
    [ThreadStatic]
    private static List<Tensor>? open;
    private readonly List<Tensor>? outer;
    private readonly List<Tensor> mine;

    /// <summary>Opens a scope on this thread.</summary>
    public TensorScope()
    {
        outer = open;
        open = mine = [];
    }

    /// <summary>Hands a tensor out to the scope around this one (or to the caller, who then disposes of it).</summary>
    public Tensor Keep(Tensor tensor)
    {
        // Kept tensors are among the last made, so the search from the end is short.
        var index = mine.LastIndexOf(tensor);
        if (index < 0)
            return tensor;
        mine.RemoveAt(index);
        outer?.Add(tensor);
        return tensor;
    }

    /// <summary>Hands a tensor out of every scope: the caller disposes of it.</summary>
    public Tensor Detach(Tensor tensor)
    {
        mine.Remove(tensor);
        return tensor;
    }

    /// <summary>Disposes of what was made and not kept.</summary>
    public void Dispose()
    {
        open = outer;
        foreach (var tensor in mine)
            tensor.Dispose();
    }

    /// <summary>
    /// Makes tensors of this thread escape every scope while the returned token lives (parameters, state).
    /// </summary>
    internal static Escaped Escape() => new(open);

    internal static void Register(Tensor tensor) => open?.Add(tensor);

    internal readonly ref struct Escaped
    {
        private readonly List<Tensor>? before;

        internal Escaped(List<Tensor>? before)
        {
            this.before = before;
            open = null;
        }

        public void Dispose() => open = before;
    }
}
