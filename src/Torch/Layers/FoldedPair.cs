namespace Coverslip.Torch.Layers;

/// <summary>A layer's two tensors as evaluation in a folded store wants them; outside every scope.</summary>
internal sealed class FoldedPair : IDisposable
{
    internal FoldedPair(Func<(Tensor First, Tensor? Second)> make)
    {
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var (first, second) = make();
        // Where nothing had to be converted, libtorch gives the same tensor under a new reference.
        (First, Second) = (scope.Detach(first), second is null ? null : scope.Detach(second));
    }

    internal Tensor First { get; }

    internal Tensor? Second { get; }

    public void Dispose()
    {
        First.Dispose();
        Second?.Dispose();
    }
}
