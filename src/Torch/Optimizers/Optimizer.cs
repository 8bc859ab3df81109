using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Optimizers;

/// <summary>
/// Moves a store's parameters, all but frozen ones, along their gradients. State is named by parameter path, so that a
/// run resumes. The rate of a
/// step is <see cref="Rate"/>, set by a schedule, times the parameter's <see cref="ParameterStore.RateFactor"/>.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly (string Path, Tensor Value)[] parameters;
    private readonly double[] factors;
    private readonly Dictionary<string, Tensor[]> slots = [];

    /// <param name="store">Whose parameters.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="trainable">Which paths move; all by default.</param>
    private protected Optimizer(ParameterStore store, double rate, Func<string, bool>? trainable)
    {
        if (!(rate >= 0) || double.IsInfinity(rate))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "a learning rate is a finite number from 0");
        Rate = rate;
        parameters = [.. store.Trainable.Where(p => trainable?.Invoke(p.Path) ?? true)];
        factors = [.. parameters.Select(p => store.RateFactor(p.Path))];
    }

    /// <summary>The learning rate of the next step.</summary>
    public double Rate { get; set; }

    /// <summary>Steps done.</summary>
    public long Steps { get; private set; }

    /// <summary>One step for every parameter that has a gradient.</summary>
    public void Step()
    {
        Steps++;
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var moving = new List<(int Index, Tensor Gradient)>();
        for (var i = 0; i < parameters.Length; i++)
            if (parameters[i].Value.Gradient is { } gradient)
                moving.Add((i, gradient));
        foreach (var alike in moving.GroupBy(m => factors[m.Index]))
            Step(
                new Moving(this, [.. alike.Select(m => m.Index)], Rate * alike.Key),
                [.. alike.Select(m => m.Gradient)]
            );
    }

    private protected abstract void Step(Moving moving, Tensor[] gradients);

    /// <summary>The state by name (<c>momentum/conv1.weight</c>); belongs to the optimizer.</summary>
    public IEnumerable<(string Name, Tensor Value)> State()
    {
        foreach (var (name, tensors) in slots)
            for (var i = 0; i < tensors.Length; i++)
                yield return ($"{name}/{parameters[i].Path}", tensors[i]);
    }

    /// <summary>Sets what <see cref="State"/> and <see cref="Steps"/> gave.</summary>
    /// <exception cref="TorchException">A name is unknown, or a state is missing or of another shape; nothing was
    /// set.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state, long steps)
    {
        var names = state.Keys.Select(k => k.Split('/')[0]).Distinct().ToList();
        var pairs = names
            .SelectMany(name => parameters.Select(p => (Slot: name, Key: $"{name}/{p.Path}", p.Value)))
            .ToList();
        foreach (var (_, key, value) in pairs)
        {
            if (!state.TryGetValue(key, out var given))
                throw new TorchException($"the optimizer's state lacks '{key}'");
            if (!given.Shape.AsSpan().SequenceEqual(value.Shape))
                throw new TorchException(
                    $"the optimizer's state '{key}' is {given}, expected was the shape of {value}"
                );
        }
        if (state.Count > pairs.Count)
        {
            var known = pairs.Select(p => p.Key).ToHashSet(StringComparer.Ordinal);
            throw new TorchException($"the optimizer knows no state '{state.Keys.First(k => !known.Contains(k))}'");
        }
        using var off = new NoGradient();
        foreach (var name in names)
        {
            var tensors = Slot(name, 0);
            for (var i = 0; i < tensors.Length; i++)
                tensors[i].CopyInPlace(state[$"{name}/{parameters[i].Path}"]);
        }
        Steps = steps;
    }

    private Tensor[] Slot(string name, double start)
    {
        if (slots.TryGetValue(name, out var found))
            return found;
        using var escape = TensorScope.Escape();
        using var off = new NoGradient();
        var made = parameters.Select(p => FullLike.Call(p.Value, start)).ToArray();
        slots.Add(name, made);
        return made;
    }

    private static readonly Operator FullLike = new("aten::full_like");

    public void Dispose()
    {
        foreach (var tensor in slots.Values.SelectMany(t => t))
            tensor.Dispose();
        slots.Clear();
    }

    /// <summary>Parameters that have a gradient in this step and one rate, and their state.</summary>
    private protected sealed class Moving(Optimizer owner, List<int> indices, double rate)
    {
        internal double Rate => rate;

        internal Tensor[] Parameters => [.. indices.Select(i => owner.parameters[i].Value)];

        /// <summary>The state of a name, which starts at a constant.</summary>
        internal Tensor[] State(string name, double start = 0)
        {
            var slot = owner.Slot(name, start);
            return [.. indices.Select(i => slot[i])];
        }
    }
}
