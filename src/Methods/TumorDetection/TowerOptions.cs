using Coverslip.Learning.Backbones;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.TumorDetection;

/// <summary>What images are scaled to before a tower sees them.</summary>
internal enum TowerScaling
{
    /// <summary>As the network's published weights want it where weights are given, [−1, 1] from scratch.</summary>
    Auto,

    /// <summary>[−1, 1], as published.</summary>
    Symmetric,

    /// <summary>As the network's published weights want it; for Inception-v3 that is [−1, 1] too.</summary>
    Published,
}

/// <summary>The network: one tower, or two that see the same point at two resolutions (Liu et al. 2017, fig. 2).</summary>
internal sealed record TowerOptions
{
    /// <summary>Which network the towers are; inception-v3 by default.</summary>
    public BackboneKind Kind { get; init; } = InceptionV3.Kind;

    /// <summary>
    /// Multiplies the filters of every layer; 1 by default. 0.1 of inception-v3 is the paper's network of 300 thousand
    /// parameters.
    /// </summary>
    public double Width { get; init; } = 1;

    /// <summary>
    /// Times the microns per pixel of the second tower, 2 (40×+20×), 4 (40×+10×) or another number above 1; 1 (default):
    /// there is one tower.
    /// </summary>
    public double Context { get; init; } = 1;

    /// <summary>Dropout before the last layer; 0.2 by default, Inception-v3's own in TensorFlow.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Whether auxiliary classifiers train along; false by default.</summary>
    public bool Auxiliary { get; init; }

    /// <summary>Weight of each auxiliary classifier's loss; 0.4 by default.</summary>
    public double AuxiliaryWeight { get; init; } = 0.4;

    /// <summary>
    /// File of published weights, or a run or packed model of this method with the same towers; empty, the default:
    /// training starts from scratch.
    /// </summary>
    public string Weights { get; init; } = "";

    /// <summary>auto (default), symmetric or published.</summary>
    public TowerScaling Scaling { get; init; }

    /// <summary>How much of each tower is trained; all by default.</summary>
    public FineTuning FineTuning { get; init; } = new();

    /// <summary>What images are scaled to.</summary>
    internal InputScale Scale =>
        Scaling == TowerScaling.Published || (Scaling == TowerScaling.Auto && Weights.Length > 0)
            ? Kind.Scale
            : InputScale.Symmetric;

    /// <summary>What is built of each tower.</summary>
    internal BackboneOptions Shape(int classes) =>
        new()
        {
            Classes = 0,
            AuxiliaryClasses = Auxiliary ? classes : 0,
            Width = Width,
        };

    internal static TowerOptions Read(RecipeNode node)
    {
        var standard = new TowerOptions();
        var kind = KnownBackbones.Read(node, standard.Kind.Name);
        var weights = node.Text(
            "weights",
            standard.Weights,
            "File of published weights, a name such as resnet-18 whose file coverslip encoders shows, or a run or packed model of this method with the same towers; empty: from scratch"
        );
        var read = new TowerOptions
        {
            Kind = kind,
            Width = node.Number(
                "width",
                standard.Width,
                (0.05, 4),
                "Factor of the filters of every layer of Inception-v3 and MobileNets; 0.1 is the small network of the paper",
                "Liu et al. 2017"
            ),
            Context = node.Number(
                "context",
                standard.Context,
                (1, 64),
                "Times the microns per pixel of a second tower, such as 2 (40x and 20x) or 4 (40x and 10x); 1: there is one tower",
                "Liu et al. 2017, fig. 2"
            ),
            Dropout = node.Number("dropout", standard.Dropout, (0, 0.95), "Dropout before the last layer"),
            Auxiliary = node.Flag("auxiliary", standard.Auxiliary, "Whether auxiliary classifiers train along"),
            AuxiliaryWeight = node.Number(
                "auxiliary_weight",
                standard.AuxiliaryWeight,
                (0, 100),
                "Weight of each auxiliary classifier's loss"
            ),
            Weights = weights,
            Scaling = node.Word(
                "scaling",
                standard.Scaling,
                "Pixels in [−1, 1] (symmetric), or as the published weights want them; auto: published where weights are given",
                "Liu et al. 2017"
            ),
            FineTuning = FineTuning.Read(node, weights),
        };
        if (read.Width != 1 && !kind.HasWidth)
            throw node.Wrong("width", $"{read.Width}", $"{kind.Name} has no width; expected is 1");
        if (read.Auxiliary && kind.Auxiliary.Count == 0)
            throw node.Wrong("auxiliary", "true", $"{kind.Name} has no auxiliary classifiers; expected is false");
        return read;
    }
}
