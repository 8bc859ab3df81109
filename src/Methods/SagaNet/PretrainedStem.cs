using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.SagaNet;

/// <summary>
/// The first layers of a residual network in place of the first gated convolution. Its maps above the last are skips of
/// the decoder, so that the reconstruction stays as fine as the paper's.
/// </summary>
internal sealed class PretrainedStem
{
    private readonly IBackbone network;
    private readonly StemOptions options;
    private readonly ParameterPath at;

    /// <param name="at">Where the parameters are born.</param>
    /// <param name="options">Which network, and how much of it.</param>
    public PretrainedStem(ParameterPath at, StemOptions options)
    {
        (this.at, this.options) = (at, options);
        network = options.Kind.Build(at, options.Shape);
        SkipChannels =
        [
            64,
            .. Enumerable.Range(0, options.Layers - 1).Select(l => (network.Channels >> (options.Layers - 1)) << l),
        ];
    }

    /// <summary>Channels of the map.</summary>
    public int Channels => network.Channels;

    /// <summary>Channels of the skips, the outermost first: at a half, a quarter, … of the input's sides.</summary>
    public IReadOnlyList<int> SkipChannels { get; }

    /// <summary>Freezes and slows what the options say; after the store has all parameters.</summary>
    public void ApplyFineTuning() => options.FineTuning.Apply(at, options.Kind);

    /// <summary>Fills it with published weights.</summary>
    /// <exception cref="TorchException">They do not fit; the message lists the keys.</exception>
    public void Load(string weights) => PublishedWeights.Load(at, options.Kind, options.Shape, weights);

    /// <summary>x [B, 3, H, W], scaled → the skips, and last the map [B, <see cref="Channels"/>, H/step, W/step].</summary>
    public Tensor[] Forward(Tensor x)
    {
        var skips = new List<Tensor>();
        string[] kept = ["relu", .. Enumerable.Range(1, options.Layers - 1).Select(l => $"layer{l}")];
        var map = network
            .Forward(
                x,
                (stage, output) =>
                {
                    if (kept.Contains(stage))
                        skips.Add(output);
                }
            )
            .Map;
        return [.. skips, map];
    }
}
