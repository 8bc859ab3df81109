using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// Reconstructs the input: at each scale upsampling, the encoder's map of that scale beside it, and a 1×1 convolution
/// in
/// place of a deconvolution (Liu &amp; Sun 2021, sec. 3.3). The input itself is not among the skips, so it cannot be
/// copied.
/// </summary>
internal sealed class Decoder
{
    private readonly GatedConvolution[] steps;
    private readonly Conv2d last;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="input">Channels of the deepest map.</param>
    /// <param name="skips">Channels of the encoder's maps, from the outermost inwards.</param>
    /// <param name="options">The network's options.</param>
    public Decoder(ParameterPath at, int input, IReadOnlyList<int> skips, SagaNetOptions options)
    {
        // The decoder is no filter of noise but its witness: it stays plain, and narrows to half of what it is given.
        var plain = options with
        {
            Gated = false,
        };
        steps = new GatedConvolution[skips.Count];
        for (var i = skips.Count - 1; i >= 0; i--)
        {
            var output = Math.Max(skips[i] / 2, options.Growth);
            steps[i] = new GatedConvolution(at / i, input + skips[i], output, 1, plain);
            input = output;
        }
        last = new Conv2d(at / "image", input, 3, 1);
    }

    /// <summary>[B, C, h, w] and the skips [B, C_i, h_i, w_i] → reconstruction [B, 3, H, W] in about [0, 1].</summary>
    public Tensor Forward(Tensor x, IReadOnlyList<Tensor> skips, long height, long width)
    {
        for (var i = steps.Length - 1; i >= 0; i--)
        {
            x = x.UpsampleNearest(skips[i].Size(2), skips[i].Size(3));
            x = steps[i].Forward(Tensor.Cat([x, skips[i]], 1));
        }
        // Convolving before the last upsampling is the same function at a fraction of the work: both are 1×1.
        return last.Forward(x).UpsampleNearest(height, width);
    }
}
