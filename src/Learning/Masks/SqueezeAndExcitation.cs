using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Masks;

/// <summary>
/// Hu et al. 2018, sec. 3: a factor in (0, 1) per channel from the means of all channels, through two linear layers.
/// </summary>
internal sealed class SqueezeAndExcitation
{
    private readonly Linear reduce,
        restore;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="channels">Channels in and out.</param>
    /// <param name="reduction">The inner layer has channels / reduction units, at least one; the paper's is 16.</param>
    public SqueezeAndExcitation(ParameterPath at, int channels, int reduction = 16)
    {
        var inner = Math.Max(1, channels / reduction);
        reduce = new Linear(at / "reduce", channels, inner);
        restore = new Linear(at / "restore", inner, channels);
    }

    /// <summary>Means of the channels [B, C] → factors [B, C, 1, 1].</summary>
    public Tensor Factors(Tensor squeezed)
    {
        var factors = restore.Forward(reduce.Forward(squeezed).Relu()).Sigmoid(); // [B, C]
        return factors.Unsqueeze(2).Unsqueeze(3);
    }
}
