using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>What says of a pixel whether it is foreground.</summary>
internal enum SegmenterKind
{
    /// <summary>A U-Net, that sees what is around it.</summary>
    UNet,

    /// <summary>A logistic regression of the pixel's own color, trained as the U-Net is.</summary>
    PixelColor,

    /// <summary>Otsu's threshold on the pixel's own brightness; which side is foreground, training windows say.</summary>
    BrightnessThreshold,

    /// <summary>Nothing: all are.</summary>
    AllForeground,
}

/// <summary>
/// A trivial model in the place of a U-Net: one linear map of each pixel's color (<c>color.</c>), so that it is trained,
/// stored and judged as the network is that it is compared with.
/// </summary>
internal sealed class PixelColors(ParameterPath at, UNetOptions options) : ISegmentationNetwork
{
    private readonly Conv2d color = new(at / "color", 3, options.Output, 1);

    public UNetOptions Options => options;

    public int SkipChannels(int level) => 0;

    public Tensor Forward(Tensor x, Action<string, Tensor>? seen = null) => color.Forward(x);

    /// <summary>Sets the score of foreground, the last map, to a multiple of a pixel's brightness, all others to 0.</summary>
    /// <param name="slope">Of the score by the mean of red, green and blue as the network is given them.</param>
    /// <param name="offset">Score of a brightness of 0.</param>
    internal void Set(double slope, double offset)
    {
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var weight = new float[options.Output * 3];
        var bias = new float[options.Output];
        Array.Fill(weight, (float)(slope / 3), weight.Length - 3, 3);
        bias[^1] = (float)offset;
        color.Weight.CopyInPlace(Tensor.From(weight, color.Weight.Shape));
        color.Bias!.CopyInPlace(Tensor.From(bias, color.Bias.Shape));
    }
}
