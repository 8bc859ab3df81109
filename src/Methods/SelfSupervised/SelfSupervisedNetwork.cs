using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>How segmentation and reconstruction count together (Pasumarthi &amp; Jaiswal, sec. III.4).</summary>
internal sealed record JointLossOptions
{
    /// <summary>Weight of the reconstruction's mean squared error; 1 by default, 0: segmentation alone.</summary>
    public double ReconstructionWeight { get; init; } = 1;

    /// <summary>How many times as much as one of background a pixel of foreground counts; 1 by default.</summary>
    public double ForegroundWeight { get; init; } = 1;

    internal static JointLossOptions Read(RecipeNode node)
    {
        var standard = new JointLossOptions();
        return new JointLossOptions
        {
            ReconstructionWeight = node.Number(
                "reconstruction_weight",
                standard.ReconstructionWeight,
                (0, 1e6),
                "Weight of the reconstruction's mean squared error beside the cross-entropy; 0: segmentation alone",
                "Pasumarthi & Jaiswal, sec. III.4"
            ),
            ForegroundWeight = node.Number(
                "foreground_weight",
                standard.ForegroundWeight,
                (1e-3, 1e3),
                "How many times as much as one of background a pixel of foreground counts"
            ),
        };
    }
}

/// <summary>
/// A U-Net whose last layer gives five maps: red, green and blue of the input again, and the scores of background and
/// foreground. Pre-training descends the reconstruction alone, fine-tuning both.
/// </summary>
internal sealed class SelfSupervisedNetwork : IStartsFromWeights
{
    internal const int Colors = 3;

    /// <summary>Background and foreground.</summary>
    internal const int Classes = 2;

    /// <summary>Maps that the U-Net gives.</summary>
    internal const int Maps = Colors + Classes;

    private readonly ISegmentationNetwork network;
    private readonly JointLossOptions? loss;
    private readonly InputScale? scale;

    /// <param name="options">The U-Net, its output <see cref="Maps"/> channels.</param>
    /// <param name="loss">Weights of both tasks; null: reconstruction alone.</param>
    /// <param name="device">Where to compute.</param>
    /// <param name="type">Float32, or Float64 for those who compare.</param>
    /// <param name="segmenter">What stands in the U-Net's place.</param>
    public SelfSupervisedNetwork(
        UNetOptions options,
        JointLossOptions? loss,
        Device device = default,
        DType type = DType.Float32,
        SegmenterKind segmenter = SegmenterKind.UNet
    )
    {
        this.loss = loss;
        Store = new ParameterStore(device, type);
        options = options with { Output = Maps };
        network =
            segmenter != SegmenterKind.UNet ? new PixelColors(Store.Root, options)
            : options.Encoder is null ? new UNet(Store.Root, options)
            : new EncoderUNet(Store.Root, options);
        scale = options.Encoder?.Scale;
        Store.ToChannelsLast();
    }

    public ParameterStore Store { get; }

    public UNetOptions Options => network.Options;

    /// <summary>Null of a U-Net.</summary>
    internal PixelColors? OfPixels => network as PixelColors;

    /// <summary>
    /// Images [B, 3, H, W] in [0, 1] → reconstructions [B, 3, H, W] and scores [B, 2, H, W].
    /// </summary>
    /// <param name="images">As they are; the U-Net is given them brought to [−1, 1], or scaled as the weights of its
    /// encoder want them.</param>
    /// <param name="seen">Told of each level's output, which it may change in place.</param>
    public (Tensor Reconstruction, Tensor Scores) Forward(Tensor images, Action<string, Tensor>? seen = null)
    {
        var output = network.Forward(Scaled(images), seen).To(Store.DType); // [B, 5, H, W]
        return (output.Narrow(1, 0, Colors), output.Narrow(1, Colors, Classes));
    }

    /// <summary>
    /// Cross-entropy of the pixels, and with its weight the mean squared error of the reconstruction; of a network that
    /// only reconstructs the latter alone. Probabilities are those of the pixels of <see cref="PixelGrid"/>, [pixels, 2],
    /// or [B, 0].
    /// </summary>
    public Outcome Judge(Batch batch)
    {
        var (reconstruction, scores) = Forward(batch.Image);
        if (loss is null)
        {
            var error = Losses.MeanSquared(reconstruction, batch.Image);
            return new Outcome(error, error.Detach() * 0, error, Tensor.Zeros([batch.Size, 0]));
        }
        var truth = batch.Mask.Squeeze(1).To(DType.Int64); // [B, H, W]
        var weights =
            loss.ForegroundWeight == 1
                ? null
                : Tensor.From<float>([1, (float)loss.ForegroundWeight]).To(Store.Device, Store.DType);
        var segmentation = Losses.CrossEntropy(scores, truth, weights);
        var probabilities = PixelGrid.Of(scores).Softmax(1).Detach();
        if (loss.ReconstructionWeight == 0)
            return new Outcome(segmentation, segmentation, null, probabilities);
        var weighted = Losses.MeanSquared(reconstruction, batch.Image) * loss.ReconstructionWeight;
        return new Outcome(segmentation + weighted, segmentation, weighted, probabilities);
    }

    /// <summary>Probabilities of the pixels of <see cref="PixelGrid"/>, [pixels, 2].</summary>
    public Tensor Predict(Batch batch) => PixelGrid.Of(Forward(batch.Image).Scores).Softmax(1);

    public void PrepareToPredict(DType type) => Store.Fold(type);

    /// <summary>
    /// Takes over another network's weights. Where one of them has a skip connection that the other lacks, the weights of
    /// what comes from below are taken, and those of the skip begin at zero: at first the network then gives what the
    /// other gave.
    /// </summary>
    /// <param name="weights">By path, of a network of equal width and depth, or of the same encoder.</param>
    /// <exception cref="TorchException">They are of another network; the message lists the keys.</exception>
    public void TakeOver(IReadOnlyDictionary<string, Tensor> weights)
    {
        using var off = new NoGradient();
        using var scope = new TensorScope();
        var fitting = weights.ToDictionary(w => w.Key, w => w.Value);
        for (var level = 0; level < Options.Depth; level++)
        {
            var key = $"decoder.{level}.conv1.weight";
            if (!weights.TryGetValue(key, out var theirs))
                continue;
            // [width, skip and below, 3, 3]: what comes from below stands last.
            var (own, given, skip) = (Store[key].Size(1), theirs.Size(1), network.SkipChannels(level));
            if (own == given + skip)
                fitting[key] = Tensor.Cat([Zeros(theirs, skip), theirs], 1);
            else if (own == given - skip)
                fitting[key] = theirs.Narrow(1, skip, own);
        }
        Store.Load(fitting);
    }

    /// <inheritdoc cref="EarlierSegmentation.Load"/>
    public void Load(string weights) => EarlierSegmentation.Load(this, weights);

    /// <summary>Fills the encoder with published weights; the rest stays random.</summary>
    /// <exception cref="TorchException">They do not fit; the message lists the keys.</exception>
    internal void LoadEncoder(string weights) =>
        PublishedWeights.Load(Store.Root / "encoder", Options.Encoder!, new BackboneOptions { Classes = 0 }, weights);

    public void Dispose() => Store.Dispose();

    private static Tensor Zeros(Tensor like, long channels) =>
        Tensor.Zeros([like.Size(0), channels, like.Size(2), like.Size(3)], like.DType, like.Device);

    private Tensor Scaled(Tensor images) => scale is null ? (images * 2) - 1 : scale.Of(images);
}
