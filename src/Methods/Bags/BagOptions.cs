using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.Bags;

/// <summary>How a bag's instances become one answer.</summary>
internal enum BagKind
{
    /// <summary>The mean of the features, and a logistic regression.</summary>
    Mean,

    /// <summary>The greatest of each feature, and a logistic regression.</summary>
    Max,

    /// <summary>Attention (Ilse et al. 2018).</summary>
    Attention,

    /// <summary>The same with a gate.</summary>
    GatedAttention,

    /// <summary>CLAM with one attention branch (Lu et al. 2021).</summary>
    ClamSb,

    /// <summary>CLAM with a branch to each class.</summary>
    ClamMb,

    /// <summary>TransMIL (Shao et al. 2021).</summary>
    Transmil,
}

/// <summary>What a bag is, and what reads it.</summary>
internal sealed record BagOptions
{
    /// <summary>clam-mb by default, the best of them where labels are few (docs/methods/bags.md).</summary>
    public BagKind Kind { get; init; } = BagKind.ClamMb;

    public BagOf Of { get; init; }

    public BagLabel Label { get; init; }

    /// <summary>Numbers of an instance behind the first layer.</summary>
    public int Hidden { get; init; } = 64;

    /// <summary>Share of these that a training step leaves out.</summary>
    public double Dropout { get; init; } = 0.25;

    /// <summary>Share of a bag's instances that a training step leaves out.</summary>
    public double InstanceDropout { get; init; } = 0.25;

    /// <summary>Of CLAM: instances of most and of least attention that are told apart.</summary>
    public int Sampled { get; init; } = 8;

    /// <summary>Of CLAM: weight of the loss of these; that of the bag has the rest.</summary>
    public double InstanceWeight { get; init; } = 0.3;

    /// <summary>Of the logistic regression, prices of a bag's log loss beside ½‖w‖².</summary>
    public IReadOnlyList<double> C { get; init; } = [0.01];

    /// <summary>Folds of training patients among which these are chosen, and a temperature.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Whether a network learns it.</summary>
    internal bool IsNetwork => Kind is not (BagKind.Mean or BagKind.Max);

    internal static BagOptions Read(RecipeNode node)
    {
        var standard = new BagOptions();
        var options = new BagOptions
        {
            Kind = node.Word(
                "kind",
                standard.Kind,
                "What makes one answer of a bag: the mean or the maximum of its features with a logistic regression; attention or gated attention (Ilse et al. 2018); CLAM with one branch or one to each class (Lu et al. 2021); TransMIL (Shao et al. 2021)"
            ),
            Of = node.Word(
                "of",
                standard.Of,
                "What a bag is: a slide (a slide's file, a file of its features, or the patches cut from it), or all of a patient"
            ),
            Label = node.Word(
                "label",
                standard.Label,
                "Label of a bag whose images have several: none, which is an error (same); that of most (majority); the positive class where any image has it (any)"
            ),
            Hidden = node.Int(
                "hidden",
                standard.Hidden,
                (8, 4096),
                "Networks: numbers of an instance behind the first layer; published are 512, and few slides want few. TransMIL's is a multiple of 8"
            ),
            Dropout = node.Number("dropout", standard.Dropout, (0, 0.95), "Networks: dropout behind the first layer"),
            InstanceDropout = node.Number(
                "instance_dropout",
                standard.InstanceDropout,
                (0, 0.95),
                "Networks: share of a bag's instances that each training step leaves out"
            ),
            Sampled = node.Int(
                "sampled",
                standard.Sampled,
                (1, 10_000),
                "CLAM: instances of most, and of least, attention that its instance classifiers learn from",
                "Lu et al. 2021, methods, B"
            ),
            InstanceWeight = node.Number(
                "instance_weight",
                standard.InstanceWeight,
                (0, 1),
                "CLAM: weight of the instances' loss; the bag's has 1 less it",
                "Lu et al. 2021, methods, c2"
            ),
            C = node.Numbers(
                "c",
                standard.C,
                (1e-8, 1e8),
                "Mean and max: strength of the logistic regression as in scikit-learn; of several, training patients left out in turn choose"
            ),
            Folds = node.Int(
                "folds",
                standard.Folds,
                (2, 100),
                "Mean and max: folds of training patients, left out in turn, that choose c and a temperature"
            ),
        };
        if (options.C.Count == 0)
            throw node.Wrong("c", "[]", "expected is a list such as [0.01, 0.1]");
        if (options.Kind == BagKind.Transmil && options.Hidden % 8 != 0)
            throw node.Wrong(
                "hidden",
                $"{options.Hidden}",
                "TransMIL has 8 heads; expected is a multiple of 8, such as 64"
            );
        return options;
    }
}
