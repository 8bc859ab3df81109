using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.Probe;

/// <summary>What reads the features.</summary>
internal enum ProbeKind
{
    /// <summary>Multinomial logistic regression.</summary>
    Logistic,

    /// <summary>The classes of the nearest training images, by cosine.</summary>
    Neighbors,

    /// <summary>The class whose mean of training images is nearest, by cosine.</summary>
    Prototypes,

    /// <summary>A network with one hidden layer.</summary>
    HiddenLayer,
}

/// <summary>Which classifier reads the features, and the settings that left-out patients choose from.</summary>
internal sealed record ProbeOptions
{
    /// <summary>logistic (default), neighbors, prototypes or hidden-layer.</summary>
    public ProbeKind Kind { get; init; }

    /// <summary>
    /// Prices of an image's log loss beside ½‖w‖², as scikit-learn's C. One by default: a dozen patients choose by chance, and
    /// parts that chose differently do not compare.
    /// </summary>
    public IReadOnlyList<double> C { get; init; } = [0.01];

    /// <summary>Neighbors that vote.</summary>
    public IReadOnlyList<int> Neighbors { get; init; } = [5];

    /// <summary>Units of the hidden layer.</summary>
    public int Hidden { get; init; } = 64;

    /// <summary>Whether each class weighs the same in training, however many images it has.</summary>
    public bool Balanced { get; init; } = true;

    /// <summary>Folds of training patients among which settings are chosen.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>
    /// Whether it learns from validation patients, too; what it says of them is then said by probes that left them out.
    /// </summary>
    public bool Validation { get; init; } = true;

    /// <summary>Whether probabilities are brought to a temperature that fits patients it did not learn from.</summary>
    public bool Calibrated { get; init; } = true;

    internal static ProbeOptions Read(RecipeNode node)
    {
        var standard = new ProbeOptions();
        var options = new ProbeOptions
        {
            Kind = node.Word("kind", standard.Kind, "What reads the features"),
            C = node.Numbers(
                "c",
                standard.C,
                (1e-9, 1e9),
                "Logistic regression and hidden layer: price of an image's log loss beside ½‖w‖², one or several to choose from"
            ),
            Neighbors = node.Ints(
                "neighbors",
                standard.Neighbors,
                (1, 1000),
                "Neighbors that vote, one or several to choose from"
            ),
            Hidden = node.Int("hidden", standard.Hidden, (1, 4096), "Units of the hidden layer"),
            Balanced = node.Flag(
                "balanced",
                standard.Balanced,
                "Whether each class weighs the same in training, however many images it has"
            ),
            Folds = node.Int(
                "folds",
                standard.Folds,
                (2, 100),
                "Folds of training patients, left out in turn, that choose among several settings; as many as there are patients at most"
            ),
            Validation = node.Flag(
                "validation",
                standard.Validation,
                "Whether it learns from validation patients, too; what it says of them is then said by probes that left them out"
            ),
            Calibrated = node.Flag(
                "calibrated",
                standard.Calibrated,
                "Whether probabilities get the temperature that suits patients left out in turn; it stays near 1 where these are few",
                "Guo et al. 2017"
            ),
        };
        return options.Neighbors.Count > 0
            ? options
            : throw node.Wrong("neighbors", "[]", "expected is a list such as [1, 5]");
    }

    /// <summary>The settings to choose from, those that smooth most first.</summary>
    internal IReadOnlyList<double> Settings =>
        Kind switch
        {
            ProbeKind.Neighbors => [.. Neighbors.OrderDescending().Select(k => (double)k)],
            ProbeKind.Prototypes => [1],
            _ => [.. C.Order()],
        };
}
