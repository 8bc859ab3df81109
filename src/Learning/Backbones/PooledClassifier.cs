using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Backbones;

/// <summary>The published networks' own classifier: mean over the map, dropout, one linear layer.</summary>
internal sealed class PooledClassifier
{
    private readonly Dropout dropout;
    private readonly Linear linear;

    private PooledClassifier(ParameterPath at, int channels, int classes, double dropout)
    {
        this.dropout = new Dropout(at, dropout);
        linear = new Linear(at, channels, classes);
    }

    /// <summary>The classifier of a network's options; null where they have no classes.</summary>
    /// <param name="at">Where the linear layer is born.</param>
    /// <param name="channels">Channels of the map.</param>
    /// <param name="options">Classes, and dropout where it is not the published one.</param>
    /// <param name="dropout">The published dropout.</param>
    internal static PooledClassifier? Of(ParameterPath at, int channels, BackboneOptions options, double dropout = 0) =>
        options.Classes == 0 ? null : new PooledClassifier(at, channels, options.Classes, options.Dropout ?? dropout);

    /// <summary>[B, C, h, w] → [B, classes].</summary>
    internal Tensor Forward(Tensor map) => linear.Forward(dropout.Forward(map.Mean([2, 3])));
}
