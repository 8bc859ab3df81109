using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// The segmentation model (Takahama et al. 2019, sec. 3.1): a U-Net over feature maps, with its loss. Where it works alone,
/// over the slide's reduced image.
/// </summary>
internal sealed class SegmentationModel : IDisposable
{
    private readonly UNet network;
    private readonly int cell;

    /// <param name="options">The U-Net; its input is the length of the feature vector, or 3 colors.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="type">Float32, or Float64 for those who compare.</param>
    /// <param name="cell">Pixels to a side of a patch of <see cref="ReducedImage"/>; 0 (default): maps of features.</param>
    public SegmentationModel(UNetOptions options, Device device = default, DType type = DType.Float32, int cell = 0)
    {
        this.cell = cell;
        Store = new ParameterStore(device, type);
        network = new UNet(Store.Root, options);
        Store.ToChannelsLast();
    }

    public ParameterStore Store { get; }

    /// <summary>By what it learns; softmax cross-entropy by default.</summary>
    public MapLoss Loss { get; init; } = new();

    /// <summary>Maps [M, C, H, W] → scores [M, classes, H, W] of every cell, whether it has a label or not.</summary>
    public Tensor Forward(Tensor maps)
    {
        using var scope = new TensorScope();
        var input = maps.To(Store.DType);
        return scope.Keep(
            cell == 0
                ? network.Forward(input)
                : ReducedImage.OfPatches(network.Forward(ReducedImage.Unfold(input, cell)), cell)
        );
    }

    public void Dispose() => Store.Dispose();
}
