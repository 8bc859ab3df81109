using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Loop;

/// <summary>
/// Remembers the weights a run began with, to say how far they have moved: ‖w − w₀‖ / ‖w₀‖ over all that are trained.
/// </summary>
internal sealed class WeightMovement : IDisposable
{
    private readonly Tensor[] initial;
    private readonly double length;

    internal WeightMovement(ParameterStore store)
    {
        using var off = new NoGradient();
        initial = [.. store.Trainable.Select(p => p.Value.Clone())];
        length = Math.Sqrt(initial.Sum(Squares));
    }

    internal double Moved(ParameterStore store)
    {
        using var off = new NoGradient();
        using var scope = new TensorScope();
        return Math.Sqrt(store.Trainable.Zip(initial).Sum(p => Squares(p.First.Value - p.Second))) / length;
    }

    public void Dispose()
    {
        foreach (var tensor in initial)
            tensor.Dispose();
    }

    private static double Squares(Tensor tensor)
    {
        using var scope = new TensorScope();
        return tensor.Square().Sum().Item();
    }
}
