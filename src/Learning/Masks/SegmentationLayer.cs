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
        convolution = new Conv2d(
            at / "conv",
            inputs,
            options.Channels,
            3,
            new Conv2dOptions { Padding = 1, Bias = !normFirst }
        );
        norm = new BatchNorm2d(at / "norm", options.Channels);
        excitation = options.Excitation ? new SqueezeAndExcitation(at / "excitation", options.Channels) : null;
    }

    /// <summary>
    /// [1, inputs, H, W] → [1, channels, H, W] and, in the fast mode, factors that are still to be applied.
    /// </summary>
    internal (Tensor Map, Tensor? Factors) Forward(Tensor x, Tensor? factors)
    {
        var y = fast ? Fast(x, factors) : Plain(x);
        if (excitation is null)
            return (y, null);
        var scale = excitation.Factors(y);
        return fast ? (y, scale) : (y * scale, null);
    }

    private Tensor Plain(Tensor x)
    {
        var y = convolution.Forward(x);
        return normFirst ? norm.Forward(y).Relu() : norm.Forward(y.Relu());
    }

    private Tensor Fast(Tensor x, Tensor? factors)
    {
        var weight = factors is null ? convolution.Weight : convolution.Weight * factors;
        var y = FusedOperators.Convolve(x, weight, convolution.Bias);
        return FusedOperators.Normalize(y, norm.Weight, norm.Bias, normFirst ? Relu.After : Relu.Before);
    }
}
