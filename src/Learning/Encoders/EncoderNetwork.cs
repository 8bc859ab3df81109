using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Encoders;

/// <summary>A network as an encoder sees it: images in, numbers of each layer out.</summary>
internal interface IEncoderNetwork
{
    /// <summary>Layers that have features, in order of computation.</summary>
    IReadOnlyList<string> Layers { get; }

    /// <summary>Scaled images [B, 3, H, W] → features [B, D] of each layer that is asked for.</summary>
    Dictionary<string, Tensor> Forward(Tensor x, IReadOnlyCollection<string> layers);

    /// <summary>Numbers of these layers together.</summary>
    int Count(IReadOnlyCollection<string> layers);

    /// <summary>Fills the network with published weights.</summary>
    void Load(string file);
}

/// <summary>A network of maps, whose features are their means, and behind these their deviations where asked for.</summary>
internal sealed class MapEncoder(ParameterPath at, BackboneKind kind, bool deviations) : IEncoderNetwork
{
    private static readonly BackboneOptions Shape = new() { Classes = 0 };
    private readonly IBackbone network = kind.Build(at, Shape);

    public IReadOnlyList<string> Layers => network.Stages;

    public Dictionary<string, Tensor> Forward(Tensor x, IReadOnlyCollection<string> layers)
    {
        var found = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        network.Forward(
            x,
            (stage, map) =>
            {
                if (layers.Contains(stage))
                    found[stage] = Pooled(map.To(DType.Float32));
            }
        );
        return found;
    }

    /// <summary>By computing the smallest image; no network says what its inner maps have.</summary>
    public int Count(IReadOnlyCollection<string> layers)
    {
        using var scope = new TensorScope();
        using var off = new NoGradient();
        var least = kind.SmallestSide();
        return (int)Forward(Tensor.Zeros([1, 3, least, least]).To(at.Store.Device), layers).Values.Sum(f => f.Size(1));
    }

    public void Load(string file) => PublishedWeights.Load(at, kind, Shape, file);

    private Tensor Pooled(Tensor map) =>
        deviations ? Tensor.Cat([map.Mean([2, 3]), map.Variance([2, 3], unbiased: false).Sqrt()], 1) : map.Mean([2, 3]);
}

/// <summary>A vision transformer, whose features are its class token or what the encoder's kind says.</summary>
internal sealed class TokenEncoder(ParameterPath at, EncoderKind kind) : IEncoderNetwork
{
    private readonly VisionTransformer network = new(at, kind.Transformer!);

    public IReadOnlyList<string> Layers { get; } =
    [.. Enumerable.Range(0, kind.Transformer!.Depth).Select(i => $"blocks.{i}")];

    public Dictionary<string, Tensor> Forward(Tensor x, IReadOnlyCollection<string> layers)
    {
        var found = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        network.Forward(
            x,
            (block, tokens) =>
            {
                if (layers.Contains(Layers[block]))
                    found[Layers[block]] = Pooled(tokens());
            }
        );
        return found;
    }

    public int Count(IReadOnlyCollection<string> layers) => layers.Count * kind.Features;

    public void Load(string file) => TransformerWeights.Load(at, kind.Name, file);

    private Tensor Pooled(Tensor tokens)
    {
        var first = tokens.Select(1, 0);
        var leading = kind.Transformer!.Leading;
        return kind.Pooling == TokenPooling.Class
            ? first
            : Tensor.Cat([first, tokens.Narrow(1, leading, tokens.Size(1) - leading).Mean([1])], -1);
    }
}
