namespace Coverslip.Torch.Layers;

/// <summary>How parameters are filled at birth; PyTorch's own defaults.</summary>
public static class Initial
{
    /// <summary>Uniform in ±1/√fan-in: what PyTorch gives convolutions and linear layers (He with a = √5).</summary>
    public static Action<Tensor> FanIn(long fanIn) =>
        tensor =>
        {
            var bound = 1 / Math.Sqrt(fanIn);
            tensor.UniformInPlace(-bound, bound);
        };

    /// <summary>He et al. 2015: normal with deviation gain/√fan-in.</summary>
    public static Action<Tensor> HeNormal(long fanIn, double gain = 1.4142135623730951) =>
        tensor => tensor.NormalInPlace(0, gain / Math.Sqrt(fanIn));

    /// <summary>Normal with the given deviation.</summary>
    public static Action<Tensor> Normal(double deviation) => tensor => tensor.NormalInPlace(0, deviation);

    public static Action<Tensor> Constant(double value) => tensor => tensor.FillInPlace(value);
}
