using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// Gated convolution blocks, each of which sees the block's input and all before it (Huang et al. 2017).
/// </summary>
internal sealed class GatedDenseBlock
{
    private readonly GatedConvolution[] blocks;

    public GatedDenseBlock(ParameterPath at, int input, int count, SagaNetOptions options)
    {
        blocks =
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new GatedConvolution(at / i, input + i * options.Growth, options.Growth, 3, options)),
        ];
        Output = input + count * options.Growth;
    }

    /// <summary>Channels out.</summary>
    public int Output { get; }

    internal IReadOnlyList<GatedConvolution> Convolutions => blocks;

    /// <summary>[B, in, H, W] → [B, in + count · growth, H, W].</summary>
    public Tensor Forward(Tensor x)
    {
        foreach (var block in blocks)
            x = Tensor.Cat([x, block.Forward(x)], 1);
        return x;
    }
}
