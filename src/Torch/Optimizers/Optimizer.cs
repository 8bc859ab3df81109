using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Optimizers;

/// <summary>
/// Moves a store's parameters along their gradients. State is named by parameter path, so that a run resumes. The rate of a
/// step is <see cref="Rate"/>, set by a schedule.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly (string Path, Tensor Value)[] parameters;
    private readonly Dictionary<string, Tensor[]> slots = [];

    /// <param name="store">Whose parameters.</param>
    /// <param name="rate">Learning rate.</param>
    /// <param name="trainable">Which paths move; all by default.</param>
    private protected Optimizer(ParameterStore store, double rate, Func<string, bool>? trainable)
    {
        if (!(rate >= 0) || double.IsInfinity(rate)) throw new ArgumentOutOfRangeException(nameof(rate), rate, "a learning rate is a finite number from 0");
        Rate = rate;
        parameters = [.. store.Parameters.Where(p => trainable?.Invoke(p.Path) ?? true)];
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
        var moving = new List<int>();
        var gradients = new List<Tensor>();
        for (var i = 0; i < parameters.Length; i++)
        {
            if (parameters[i].Value.Gradient is not { } gradient) continue;
            moving.Add(i);
            gradients.Add(gradient);
        }
        if (moving.Count > 0) Step(new Moving(this, moving), [.. gradients]);
    }

    private protected abstract void Step(Moving moving, Tensor[] gradients);

    /// <summary>The state by name (<c>momentum/conv1.weight</c>), and the number of steps under <c>steps</c>.</summary>
    public IEnumerable<(string Name, Tensor Value)> State()
    {
        foreach (var (name, tensors) in slots)
            for (var i = 0; i < tensors.Length; i++) yield return ($"{name}/{parameters[i].Path}", tensors[i]);
    }

    /// <summary>Sets what <see cref="State"/> and <see cref="Steps"/> gave.</summary>
    /// <exception cref="TorchException">A parameter's state is missing or of another shape.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state, long steps)
    {
        foreach (var name in state.Keys.Select(k => k[..k.IndexOf('/')]).Distinct())
        {
            var tensors = Slot(name);
            for (var i = 0; i < tensors.Length; i++)
            {
                var key = $"{name}/{parameters[i].Path}";
                if (!state.TryGetValue(key, out var value)) throw new TorchException($"the optimiser's state lacks '{key}'");
                tensors[i].CopyInPlace(value);
            }
        }
        Steps = steps;
    }

    private Tensor[] Slot(string name)
    {
        if (slots.TryGetValue(name, out var found)) return found;
        using var escape = TensorScope.Escape();
        using var off = new NoGradient();
        var made = parameters.Select(p => ZerosLike.Call(p.Value)).ToArray();
        slots.Add(name, made);
        return made;
    }

    private static readonly Native.Operator ZerosLike = new("aten::zeros_like");

    public void Dispose()
    {
        foreach (var tensor in slots.Values.SelectMany(t => t)) tensor.Dispose();
        slots.Clear();
    }

    /// <summary>The parameters that have a gradient in this step, and their state.</summary>
    private protected sealed class Moving(Optimizer owner, List<int> indices)
    {
        internal Tensor[] Parameters => [.. indices.Select(i => owner.parameters[i].Value)];

        internal Tensor[] State(string name)
        {
            var slot = owner.Slot(name);
            return [.. indices.Select(i => slot[i])];
        }
    }
}
