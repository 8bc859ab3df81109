using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Backbones;

/// <summary>What follows a batch normalisation.</summary>
public enum Activation
{
    None,
    Relu,

    /// <summary>ReLU cut off at 6.</summary>
    Relu6,
}

/// <summary>
/// Convolution without bias, batch normalisation, activation. The normalisation stands right behind the convolution, so
/// that after training the two fold into one.
/// </summary>
public sealed class ConvNorm
{
    private readonly Conv2d convolution;
    private readonly BatchNorm2d norm;
    private readonly bool clipped;

    /// <param name="convolution">Where the convolution is born.</param>
    /// <param name="norm">Where the batch normalisation is born.</param>
    /// <param name="input">Channels in.</param>
    /// <param name="output">Channels out.</param>
    /// <param name="options">Kernel, stride, zeros, groups, activation.</param>
    public ConvNorm(ParameterPath convolution, ParameterPath norm, int input, int output, ConvNormOptions options)
    {
        this.convolution = new Conv2d(
            convolution,
            input,
            output,
            options.Kernel,
            new Conv2dOptions
            {
                Stride = options.Stride,
                Padding = options.Padding,
                Groups = options.Groups,
                Bias = false,
            }
        );
        var relu = options.Activation == Activation.Relu;
        this.norm = new BatchNorm2d(norm, output, epsilon: options.Epsilon, relu: relu);
        clipped = options.Activation == Activation.Relu6;
    }

    /// <summary>[B, in, H, W] → [B, out, H', W'].</summary>
    public Tensor Forward(Tensor x)
    {
        var y = norm.Forward(convolution.Forward(x));
        return clipped ? y.Relu6() : y;
    }
}

/// <summary>Options of <see cref="ConvNorm"/>.</summary>
public sealed record ConvNormOptions
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
