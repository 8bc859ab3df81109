namespace Coverslip.Torch.Layers;

/// <summary>
/// Normalization of the last dimension, [.., width] → [.., width]; parameters <c>weight</c> and <c>bias</c> [width]. In
/// a folded store it computes in float32, too, whatever its input is stored as.
/// </summary>
public sealed class LayerNorm
{
    private readonly double epsilon;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="width">Size of the last dimension.</param>
    /// <param name="epsilon">Added to the variance; transformers of images take 1e-6, PyTorch 1e-5.</param>
    public LayerNorm(ParameterPath at, int width, double epsilon)
    {
        this.epsilon = epsilon;
        Weight = at.Parameter("weight", [width], Initial.Constant(1));
        Bias = at.Parameter("bias", [width], Initial.Constant(0));
    }

    public Tensor Weight { get; }

    public Tensor Bias { get; }

    public Tensor Forward(Tensor x) => x.To(Weight.DType).LayerNorm(Weight, Bias, epsilon);
}
