namespace Coverslip.Torch.Layers;

/// <summary>
/// x · weightᵀ + bias: [.., in] → [.., out]; parameters <c>weight</c> [out, in] and <c>bias</c> [out].
/// </summary>
public sealed class Linear
{
    private readonly ParameterStore store;

    public Linear(ParameterPath at, int input, int output, bool bias = true)
    {
        store = at.Store;
        Weight = at.Parameter("weight", [output, input], Initial.FanIn(input));
        Bias = bias ? at.Parameter("bias", [output], Initial.FanIn(input)) : null;
    }

    public Tensor Weight { get; }

    public Tensor? Bias { get; }

    public Tensor Forward(Tensor x)
    {
        if (!store.ComputesFolded)
            return x.Linear(Weight, Bias);
        if (x.Shape.Length == 3 && !x.Device.IsCuda && OperatorRecorder.Current is null)
            return OfTokens(x);
        var folded = store.FoldedForm(this, type => new FoldedPair(() => (Weight.To(type), Bias?.To(type))));
        return x.To(folded.First.DType).Linear(folded.First, folded.Second);
    }

    /// <summary>
    /// [B, T, in] → [B, T, out] as a 1×1 convolution whose weights are laid out once: libtorch's product does that anew for each
    /// call, and with kernels that OpenBLAS chooses for another processor where it does not know this one.
    /// </summary>
    private Tensor OfTokens(Tensor x)
    {
        using var scope = new TensorScope();
        var (batch, tokens, input, output) = (x.Size(0), x.Size(1), Weight.Size(1), Weight.Size(0));
        var folded = store.FoldedForm(
            this,
            type => new FoldedConv2d(
                new ConvGeometry(),
                default,
                type,
                () => (Weight.Reshape(output, input, 1, 1), Bias)
            )
            {
                AlwaysOwn = true,
            }
        );
        var y = folded.Forward(x.Transpose(1, 2).Reshape(batch, input, tokens, 1)); // channels-last as it stands
        return scope.Keep(y.Permute(0, 2, 3, 1).Reshape(batch, tokens, output));
    }
}
