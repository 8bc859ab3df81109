using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>
/// Convolution without bias, batch normalization, activation. In a folded store
/// all three are one.
/// </summary>
internal sealed class ConvNorm
{
    private readonly Conv2d convolution;
    private readonly BatchNorm2d norm;

    /// <param name="convolution">Where the convolution is born.</param>
    /// <param name="norm">Where the batch normalization is born.</param>
    /// <param name="input">Channels in.</param>
    /// <param name="output">Channels out.</param>
    /// <param name="options">Kernel, stride, zeros, groups, activation.</param>
    public ConvNorm(ParameterPath convolution, ParameterPath norm, int input, int output, ConvNormOptions options)
    {
        var wanted = new Conv2dOptions
        {
            Stride = options.Stride,
            Padding = options.Padding,
            Groups = options.Groups,
            Bias = false,
        };
        var own = Conv2d.OwnPays(input, output, options.Kernel, wanted);
        this.convolution = new Conv2d(convolution, input, output, options.Kernel, wanted with { Own = own });
        this.norm = new BatchNorm2d(norm, output, epsilon: options.Epsilon, activation: options.Activation);
    }

    /// <summary>[B, in, H, W] → [B, out, H', W'].</summary>
    public Tensor Forward(Tensor x) => convolution.Forward(x, norm);

    /// <summary>The same plus a map of the output's shape, then an activation; for one without its own.</summary>
    public Tensor Forward(Tensor x, Tensor added, Activation activation) =>
        convolution.Forward(x, norm, added, activation);
}

/// <summary>Options of <see cref="ConvNorm"/>.</summary>
internal sealed record ConvNormOptions
{
    /// <summary>Sides of the kernel; 1×1 by default.</summary>
    public Sides Kernel { get; init; } = 1;

    /// <summary>Step of the kernel; 1 by default.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Zeros above and below, left and right; 0 by default.</summary>
    public Sides Padding { get; init; }

    /// <summary>Groups of channels that see only each other; 1 by default.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Added to the variance; 1e-5 by default.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>ReLU by default.</summary>
    public Activation Activation { get; init; } = Activation.Relu;
}
