using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Masks;

/// <summary>
/// A hidden layer of <see cref="SegmentationNetwork"/>: 3×3 convolution, batch norm, ReLU, optionally
/// squeeze-and-excitation. The factors of the excitation are handed on, because the fast mode applies them to the next
/// layer's weights: with a batch of one image that is the same product, and a pass over the whole map is saved.
/// </summary>
internal sealed class SegmentationLayer
{
    private readonly Conv2d convolution;
    private readonly BatchNorm2d norm;
    private readonly SqueezeAndExcitation? excitation;
    private readonly bool fast,
        normFirst;

    internal SegmentationLayer(ParameterPath at, int inputs, MaskOptions options)
    {
        fast = options.Mode == MaskMode.Fast;
        normFirst = options.Order == NormalizationOrder.BeforeActivation;
        // A bias before a normalization is subtracted again by it.
        var shape = new Conv2dOptions { Padding = 1, Bias = !normFirst };
        var own = fast && Conv2d.OwnPays(inputs, options.Channels, 3, shape);
        convolution = new Conv2d(at / "conv", inputs, options.Channels, 3, shape with { Own = own });
        norm = new BatchNorm2d(
            at / "norm",
            options.Channels,
            activation: normFirst ? Activation.Relu : Activation.None
        );
        excitation = options.Excitation ? new SqueezeAndExcitation(at / "excitation", options.Channels) : null;
    }

    /// <summary>
    /// [1, inputs, H, W] → [1, channels, H, W] and, in the fast mode, factors that are still to be applied.
    /// </summary>
    internal (Tensor Map, Tensor? Factors) Forward(Tensor x, Tensor? factors)
    {
        var y = convolution.ForwardScaled(x, factors);
        y = norm.Forward(normFirst ? y : y.ReluInPlace());
        if (excitation is null)
            return (y, null);
        if (!fast)
            return (y * excitation.Factors(y.Mean([2, 3])), null);
        (y, var means) = y.WithChannelMeans();
        return (y, excitation.Factors(means));
    }
}
