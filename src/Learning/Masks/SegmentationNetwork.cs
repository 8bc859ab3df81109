using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Learning.Masks;

/// <summary>
/// The network that is trained on one image (Liu &amp; Sun 2021, sec. 3.1.1): hidden 3×3 layers, each convolution →
/// batch norm → ReLU → squeeze-and-excitation, then a 1×1 layer to the labels, normalized so that every label starts
/// with the same chance. With <see cref="MaskOptions.Kanezaki"/> it is the network of Kanezaki 2018.
/// </summary>
internal sealed class SegmentationNetwork : IDisposable
{
    // Initial weights are drawn from one generator, which several networks at the same time would take from each other.
    private static readonly Lock Drawing = new();

    private readonly MaskOptions options;
    private readonly ParameterStore hidden;
    private readonly SegmentationLayer[] layers;
    private readonly Sgd hiddenSgd;
    private LabelHead head;

    /// <param name="options">Sizes, order and rate.</param>
    public SegmentationNetwork(MaskOptions options)
    {
        options.Check();
        this.options = options;
        using var drawing = Drawing.EnterScope();
        TorchRuntime.Seed(options.Seed);
        hidden = new ParameterStore(options.Device);
        layers =
        [
            .. Enumerable
                .Range(0, options.HiddenLayers)
                .Select(i => new SegmentationLayer(
                    hidden.Root / $"layer{i + 1}",
                    i == 0 ? 3 : options.Channels,
                    options
                )),
        ];
        head = new LabelHead(options.Device, options.Channels, options.Labels, Fast);
        if (Fast)
            hidden.ToChannelsLast();
        hiddenSgd = new Sgd(hidden, options.Rate, Momentum);
        head.StartLearning(options.Rate, Momentum);
    }

    /// <summary>Labels that the network still knows.</summary>
    public int Labels => head.Labels;

    private bool Fast => options.Mode == MaskMode.Fast;

    private SgdOptions Momentum => new() { Momentum = options.Momentum };

    /// <summary>Image [1, 3, H, W] → scores of the labels [1, K, H, W].</summary>
    public Tensor Forward(Tensor image)
    {
        var x = image;
        Tensor? factors = null;
        foreach (var layer in layers)
            (x, factors) = layer.Forward(x, factors);
        return head.Forward(x, factors);
    }

    /// <summary>One step of SGD along the gradients that backward left, which are cleared.</summary>
    public void Step()
    {
        hiddenSgd.Step();
        hidden.ClearGradients();
        head.Step();
    }

    /// <summary>
    /// Drops all labels but <paramref name="labels"/>, which are then numbered 0, 1, … in the order given.
    /// </summary>
    public void KeepLabels(long[] labels)
    {
        LabelHead smaller;
        lock (Drawing)
            smaller = head.Subset(labels, options.Rate, Momentum);
        head.Dispose();
        head = smaller;
    }

    public void Dispose()
    {
        hiddenSgd.Dispose();
        hidden.Dispose();
        head.Dispose();
    }
}
