namespace Coverslip.Torch.Layers;

/// <summary>
/// x · weightᵀ + bias: [.., in] → [.., out]; parameters <c>weight</c> [out, in] and <c>bias</c> [out].
/// </summary>
public sealed class Linear
{
    public Linear(ParameterPath at, int input, int output, bool bias = true)
    {
        Weight = at.Parameter("weight", [output, input], Initial.FanIn(input));
        Bias = bias ? at.Parameter("bias", [output], Initial.FanIn(input)) : null;
    }

    public Tensor Weight { get; }

    public Tensor? Bias { get; }

    public Tensor Forward(Tensor x) => x.Linear(Weight, Bias);
}
