using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// A block of a <see cref="ResNet"/>: two convolutions of 3×3, or 1×1, 3×3 and 1×1 to four times as many channels, plus
/// the block's input.
/// </summary>
internal sealed class ResidualBlock
{
    private const int Expansion = 4;
    private readonly ConvNorm[] convolutions;
    private readonly ConvNorm? project;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="input">Channels in.</param>
    /// <param name="width">Channels inside.</param>
    /// <param name="stride">Step of the first 3×3 convolution.</param>
    /// <param name="bottleneck">Whether it has three convolutions.</param>
    internal ResidualBlock(ParameterPath at, int input, int width, int stride, bool bottleneck)
    {
        Channels = bottleneck ? width * Expansion : width;
        var one = new ConvNormOptions();
        var three = new ConvNormOptions { Kernel = 3, Padding = 1 };
        ConvNorm Convolution(int number, int from, int to, ConvNormOptions options) =>
            new(at / $"conv{number}", at / $"bn{number}", from, to, options);
        var halving = three with { Stride = stride };
        convolutions = bottleneck
            ?
            [
                Convolution(1, input, width, one),
                Convolution(2, width, width, halving),
                Convolution(3, width, Channels, one with { Activation = Activation.None }),
            ]
            :
            [
                Convolution(1, input, width, halving),
                Convolution(2, width, width, three with { Activation = Activation.None }),
            ];
        if (stride == 1 && input == Channels)
            return;
        var shortcut = at / "downsample";
        var linear = one with { Stride = stride, Activation = Activation.None };
        project = new ConvNorm(shortcut / 0, shortcut / 1, input, Channels, linear);
    }

    /// <summary>Channels out.</summary>
    internal int Channels { get; }

    /// <summary>[B, in, H, W] → [B, <see cref="Channels"/>, H / stride, W / stride].</summary>
    internal Tensor Forward(Tensor x)
    {
        var y = convolutions[..^1].Aggregate(x, (map, convolution) => convolution.Forward(map));
        return convolutions[^1].Forward(y, project?.Forward(x) ?? x, Activation.Relu);
    }
}
