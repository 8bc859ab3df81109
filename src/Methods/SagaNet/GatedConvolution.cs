using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// Gated convolution, O = σ(W_g ∗ I) ⊙ ELU(W_f ∗ I) (Liu &amp; Sun 2021, sec. 3.1.2), or ELU(W_f ∗ I) in the ablation.
/// W_f and W_g are the two halves of one convolution's filters. Batch normalization, where it is on, stands between the
/// convolution and the activations, and folds into W_f and W_g after training.
/// </summary>
internal sealed class GatedConvolution
{
    private readonly Conv2d convolution;
    private readonly BatchNorm2d? norm;
    private readonly bool gated;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="input">Channels in.</param>
    /// <param name="output">Channels out.</param>
    /// <param name="kernel">Side of the kernel; zeros are added so that a step of 1 keeps the map's size.</param>
    /// <param name="options">The network's options: gates, normalization.</param>
    /// <param name="stride">Step of the kernel.</param>
    public GatedConvolution(ParameterPath at, int input, int output, int kernel, SagaNetOptions options, int stride = 1)
    {
        gated = options.Gated;
        var filters = gated ? 2 * output : output;
        convolution = new Conv2d(
            at / "conv",
            input,
            filters,
            kernel,
            new Conv2dOptions
            {
                Stride = stride,
                Padding = kernel / 2,
                Bias = !options.Normalize,
                Own = stride == 1,
            }
        );
        norm = options.Normalize ? new BatchNorm2d(at / "norm", filters) : null;
    }

    /// <summary>Told the gates of each forward pass, their mean over the filters, [B, 1, H, W]; null, as it is but when looked into.</summary>
    internal Action<Tensor>? Watched { get; set; }

    /// <summary>[B, in, H, W] → [B, out, H/stride, W/stride].</summary>
    public Tensor Forward(Tensor x)
    {
        var filtered = convolution.Forward(x);
        if (norm is not null)
            filtered = norm.Forward(filtered);
        if (gated && Watched is { } told)
            told(filtered.Chunk(2, 1)[1].Sigmoid().Mean([1], keep: true));
        return gated ? filtered.GatedElu() : filtered.Elu();
    }
}
