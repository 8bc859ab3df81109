using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Loop;

/// <summary>Gradients of some stores as one vector.</summary>
internal static class Gradients
{
    /// <summary>Scales all gradients down so that together they are at most <paramref name="longest"/> long.</summary>
    internal static void Clip(IReadOnlyList<ParameterStore> stores, double longest)
    {
        using var off = new NoGradient();
        var gradients = stores.SelectMany(s => s.Parameters).Select(p => p.Value.Gradient).OfType<Tensor>().ToArray();
        var length = Tensor.Stack([.. gradients.Select(g => g.Norm())], 0).Norm().Item();
        if (length <= longest)
            return;
        foreach (var gradient in gradients)
            gradient.MultiplyInPlace(longest / length);
    }
}
