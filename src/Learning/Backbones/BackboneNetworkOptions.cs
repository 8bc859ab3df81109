using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Backbones;

/// <summary>What images are scaled to before the network sees them.</summary>
public enum InputScaling
{
    /// <summary>As the network's published weights want it where weights are given, unit from scratch.</summary>
    Auto,

    /// <summary>[0, 1].</summary>
    Unit,

    /// <summary>As the network's published weights want it.</summary>
    Published,
}

/// <summary>A published network under a new classifier (Liu &amp; Sun 2021, sec. 4.2).</summary>
public sealed record BackboneNetworkOptions
{
    /// <summary>Which network, in kebab-case; required.</summary>
    public required BackboneKind Kind { get; init; }

    /// <summary>Multiplies the channels of MobileNets and Inception-v3, in (0, 4]; 1 by default.</summary>
    public double Width { get; init; } = 1;

    /// <summary>
    /// File of published weights, a name that <see cref="WeightsFolder"/> knows, or a run or packed model of ours of the
    /// same network; paths are relative to the current folder; empty, the default: training starts from scratch.
    /// </summary>
    public string Weights { get; init; } = "";

    /// <summary>auto (default), unit or published.</summary>
    public InputScaling Scaling { get; init; }

    /// <summary>
    /// How much of the network is trained: all by default. <c>last-four</c> are Keras's last four layers, of which two have
    /// weights: the network below stays as its published weights are.
    /// </summary>
    public FineTuning FineTuning { get; init; } = new();

    /// <summary>Units of the hidden layer; 512 by default.</summary>
    public int Hidden { get; init; } = 512;

    /// <summary>Dropout between the two fully connected layers; 0.5 by default.</summary>
    public double Dropout { get; init; } = 0.5;

    /// <summary>Whether auxiliary classifiers train along (Inception-v3, GoogLeNet); false by default.</summary>
    public bool Auxiliary { get; init; }

    /// <summary>Weight of each auxiliary classifier's loss; 0.4 by default.</summary>
    public double AuxiliaryWeight { get; init; } = 0.4;

    /// <summary>What is built of the network for a number of classes.</summary>
    public BackboneOptions Shape(int classes) =>
        new()
        {
            Classes = 0,
            AuxiliaryClasses = Auxiliary ? classes : 0,
            Width = Width,
        };

    /// <summary>Whether images are scaled as the published weights want them.</summary>
    public bool ScalesAsPublished =>
        Scaling == InputScaling.Published || (Scaling == InputScaling.Auto && Weights.Length > 0);

    /// <summary>The least side of an image, in pixels.</summary>
    public int SmallestSide => Kind.SmallestSide(Auxiliary);

    public static BackboneNetworkOptions Read(RecipeNode node)
    {
        var kind = KnownBackbones.Read(node, "");
        var weights = node.Text(
            "weights",
            "",
            "File of published weights, a name such as resnet-18 whose file coverslip encoders shows, or a run or packed model of ours with the same network; paths are relative to the current folder; empty: from scratch"
        );
        var read = new BackboneNetworkOptions
        {
            Kind = kind,
            Width = node.Number(
                "width",
                1,
                (0.1, 4),
                "Factor of the channels of MobileNets and Inception-v3; others have none"
            ),
            Weights = weights,
            Scaling = node.Word(
                "scaling",
                InputScaling.Auto,
                "What images are scaled to: [0, 1] (unit), or as the published weights want it; auto: published where weights are given"
            ),
            FineTuning = FineTuning.Read(node, weights, "Liu & Sun 2021, sec. 4.2"),
            Hidden = node.Int("hidden", 512, (1, 65536), "Units of the hidden fully connected layer"),
            Dropout = node.Number(
                "dropout",
                0.5,
                (0, 0.95),
                "Dropout between the two fully connected layers",
                "Liu & Sun 2021, sec. 4.2"
            ),
            Auxiliary = node.Flag(
                "auxiliary",
                false,
                "Whether Inception-v3's or GoogLeNet's auxiliary classifiers train along"
            ),
            AuxiliaryWeight = node.Number(
                "auxiliary_weight",
                0.4,
                (0, 100),
                "Weight of each auxiliary classifier's loss"
            ),
        };
        if (read.Width != 1 && !kind.HasWidth)
            throw node.Wrong("width", $"{read.Width}", $"{kind.Name} has no width; expected is 1");
        if (read.Auxiliary && kind.Auxiliary.Count == 0)
            throw node.Wrong("auxiliary", "true", $"{kind.Name} has no auxiliary classifiers; expected is false");
        return read;
    }
}
