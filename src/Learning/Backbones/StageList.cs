using Coverslip.Torch;

namespace Coverslip.Learning.Backbones;

/// <summary>Parts of a network in order of computation, each under the name of its module in PyTorch.</summary>
internal sealed class StageList
{
    private readonly List<(string Name, Func<Tensor, Tensor> Run)> parts = [];

    internal IReadOnlyList<string> Names => [.. parts.Select(p => p.Name)];

    internal void Add(string name, Func<Tensor, Tensor> run) => parts.Add((name, run));

    /// <summary>
    /// Runs all parts; what a part computes on the way is let go when it ends, unless gradients need it.
    /// </summary>
    internal Tensor Run(Tensor x, Action<string, Tensor>? seen)
    {
        foreach (var (name, run) in parts)
        {
            x = Scoped(run, x);
            seen?.Invoke(name, x);
        }
        return x;
    }

    /// <summary>Runs some of the parts.</summary>
    internal Tensor Run(Tensor x, Range some) => parts.Take(some).Aggregate(x, (map, part) => Scoped(part.Run, map));

    /// <summary>Keeps of a computation its result alone.</summary>
    internal static Tensor Scoped(Func<Tensor, Tensor> run, Tensor x)
    {
        using var scope = new TensorScope();
        return scope.Keep(run(x));
    }
}
