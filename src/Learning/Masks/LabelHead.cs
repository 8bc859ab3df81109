using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Learning.Masks;

/// <summary>
/// The last layer of <see cref="SegmentationNetwork"/>: 1×1 convolution to the labels and batch norm. It owns its
/// parameters, so that labels which have died out can be cut off with their momentum.
/// </summary>
internal sealed class LabelHead : IDisposable
{
    private readonly ParameterStore store;
    private readonly Conv2d convolution;
    private readonly BatchNorm2d norm;
    private readonly Device device;
    private readonly int channels;
    private readonly bool fast;
    private Sgd? sgd;

    internal LabelHead(Device device, int channels, int labels, bool fast)
    {
        (this.device, this.channels, Labels, this.fast) = (device, channels, labels, fast);
        store = new ParameterStore(device);
        // The normalization right after it subtracts a bias again.
        var options = new Conv2dOptions { Bias = false, Own = fast };
        convolution = new Conv2d(store.Root / "conv", channels, labels, 1, options);
        norm = new BatchNorm2d(store.Root / "norm", labels);
        if (fast)
            store.ToChannelsLast();
    }

    internal int Labels { get; }

    internal void StartLearning(double rate, SgdOptions options) => sgd = new Sgd(store, rate, options);

    /// <summary>
    /// [1, C, H, W] → [1, K, H, W]; the factors [1, C, 1, 1] are those of an excitation not yet applied.
    /// </summary>
    internal Tensor Forward(Tensor x, Tensor? factors) => norm.Forward(convolution.ForwardScaled(x, factors));

    internal void Step()
    {
        sgd!.Step();
        store.ClearGradients();
    }

    /// <summary>A head of the given labels with their weights, statistics and momentum.</summary>
    internal LabelHead Subset(long[] labels, double rate, SgdOptions options)
    {
        using var scope = new TensorScope();
        using var off = new NoGradient();
        var kept = Tensor.From(labels).To(device);
        // Its draws of initial weights are overwritten at once; nothing later draws from the generator.
        var subset = new LabelHead(device, channels, labels.Length, fast);
        subset.store.Load(store.All.ToDictionary(p => p.Path, p => Rows(p.Value, kept)));
        subset.StartLearning(rate, options);
        if (options.Momentum > 0)
            subset.sgd!.Restore(sgd!.State().ToDictionary(s => s.Name, s => Rows(s.Value, kept)), sgd.Steps);
        return subset;
    }

    private static Tensor Rows(Tensor value, Tensor kept) =>
        value.Shape.Length == 0 ? value : value.IndexSelect(0, kept);

    public void Dispose()
    {
        sgd?.Dispose();
        store.Dispose();
    }
}
