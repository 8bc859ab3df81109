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
        var folded = store.FoldedForm(this, type => new FoldedPair(() => (Weight.To(type), Bias?.To(type))));
        return x.To(folded.First.DType).Linear(folded.First, folded.Second);
    }
}
