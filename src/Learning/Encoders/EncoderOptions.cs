using Coverslip.Learning.Backbones;
using Coverslip.Torch;

namespace Coverslip.Learning.Encoders;

/// <summary>How an encoder computes.</summary>
public sealed record EncoderOptions
{
    /// <summary>
    /// Layers whose features are joined, in this order, such as <c>layer2</c>, <c>layer3</c>, <c>layer4</c> of a
    /// residual network or <c>blocks.9</c> of a vision transformer; none, the default: the last one.
    /// </summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>
    /// Whether the deviation of each map stands beside its mean, of residual networks; false by default. What varies over an
    /// image, such as glands and what lies between them, is in it.
    /// </summary>
    public bool Deviations { get; init; }

    /// <summary>
    /// Height and width that images are brought to, in pixels; null, the default: the side the weights were trained on.
    /// </summary>
    public (int Height, int Width)? Size { get; init; }

    /// <summary>(x − mean) / deviation of images in [0, 1]; null, the default: as the encoder's weights want it.</summary>
    public InputScale? Scale { get; init; }

    /// <summary>Where to compute; the processor by default.</summary>
    public Device Device { get; init; }

    /// <summary>Float32 by default; BFloat16 is faster where the processor or GPU has it.</summary>
    public DType Type { get; init; } = DType.Float32;

    /// <summary>Images that are computed at a time; 32 by default. It bounds memory; features do not depend on it
    /// beyond their last digits.</summary>
    public int Batch { get; init; } = 32;
}
