using Coverslip.Torch;

namespace Coverslip.Learning.Backbones;

/// <summary>A network that halves its input and builds maps of the input's size again, with skip connections.</summary>
public interface ISegmentationNetwork
{
    UNetOptions Options { get; }

    /// <summary>Channels that the skip connection of a level brings.</summary>
    int SkipChannels(int level);

    /// <summary>[B, in, H, W] → scores [B, out, H, W].</summary>
    /// <param name="x">Images or maps, scaled as the network wants them.</param>
    /// <param name="seen">Told of each level's output by its key, which it may change in place.</param>
    /// <exception cref="ArgumentException">A side is too small.</exception>
    Tensor Forward(Tensor x, Action<string, Tensor>? seen = null);
}
