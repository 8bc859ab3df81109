using Coverslip.Learning.Backbones;
using Coverslip.Learning.Recipes;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.MultiStage;

/// <summary>The network of which a patch's feature vector is taken (Takahama et al. 2019, sec. 3.1 and 4.1).</summary>
internal sealed record FeatureExtractorOptions
{
    /// <summary>Which network; GoogLeNet by default.</summary>
    public BackboneKind Kind { get; init; } = GoogLeNet.Kind;

    /// <summary>Multiplies the channels of MobileNets, in (0, 4]; 1 by default.</summary>
    public double Width { get; init; } = 1;

    /// <summary>
    /// Length of the feature vector; 16 by default, as published; 0: the network's own mean over its last map, without a layer
    /// on top.
    /// </summary>
    public int Features { get; init; } = 16;

    /// <summary>
    /// Dropout between the pooled map and the layer of features, in [0, 1); 0.2 by default, GoogLeNet's own as
    /// torchvision has it.
    /// </summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>File of published weights of the network; empty, the default: random ones.</summary>
    public string Weights { get; init; } = "";

    /// <summary>auto (default: as published where weights are given), unit or published.</summary>
    public InputScaling Scaling { get; init; }

    /// <summary>How much of the network is trained, in every stage; all by default.</summary>
    public FineTuning FineTuning { get; init; } = new();

    /// <summary>Whether images are scaled as the published weights want them.</summary>
    public bool ScalesAsPublished =>
        Scaling == InputScaling.Published || (Scaling == InputScaling.Auto && Weights.Length > 0);

    /// <summary>What is built of the network: neither its own classifier nor auxiliary ones.</summary>
    internal BackboneOptions Shape => new() { Classes = 0, Width = Width };

    /// <summary>How long a feature vector is; of the network's own it is built to count them.</summary>
    internal int Length()
    {
        if (Features > 0)
            return Features;
        using var store = new ParameterStore(default);
        var random = RandomState.Now(default);
        var channels = Kind.Build(store.Root, Shape).Channels;
        random.Set(default); // weights that are thrown away draw nothing from a run
        return channels;
    }

    internal static FeatureExtractorOptions Read(RecipeNode node)
    {
        var standard = new FeatureExtractorOptions();
        var kind = KnownBackbones.Read(node, standard.Kind.Name);
        var weights = node.Text(
            "weights",
            "",
            "File of published weights of the network, relative to the current folder, or a name such as resnet-18 whose file coverslip encoders shows; empty: random ones"
        );
        var read = new FeatureExtractorOptions
        {
            Kind = kind,
            Width = node.Number(
                "width",
                1,
                (0.1, 4),
                "Factor of the channels of MobileNets and Inception-v3; others have none"
            ),
            Features = node.Int(
                "features",
                standard.Features,
                (0, 4096),
                "Length of a patch's feature vector; 0: the network's own, without a layer on top",
                "Takahama et al. 2019, sec. 4.1"
            ),
            Dropout = node.Number(
                "dropout",
                standard.Dropout,
                (0, 0.95),
                "Dropout between the pooled map and the layer of features"
            ),
            Weights = weights,
            Scaling = node.Word(
                "scaling",
                InputScaling.Auto,
                "What images are scaled to: [0, 1] (unit), or as the published weights want it; auto: published where weights are given"
            ),
            FineTuning = FineTuning.Read(node, weights),
        };
        if (read.Width != 1 && !kind.HasWidth)
            throw node.Wrong("width", $"{read.Width}", $"{kind.Name} has no width; expected is 1");
        return read;
    }
}
