using Coverslip.Learning.Features;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.Classical;

/// <summary>Which classifier reads the features.</summary>
internal enum ClassifierKind
{
    NearestNeighbor,
    Qda,
    RandomForest,
    Svm,
}

/// <summary>
/// A run of a classical classifier on image features, as Spanhol et al. (2016) classified BreakHis and Liu &amp; Sun
/// (2021, table 4) quote them. Where several settings are given, validation patients choose.
/// </summary>
internal sealed record ClassicalRecipe : IRecipe
{
    /// <summary>
    /// BreakHis' size: features of texture depend on the scale, so that images better stay as they are.
    /// </summary>
    private static readonly InputOptions StandardInput = new()
    {
        Form = InputForm.Raw,
        Height = 460,
        Width = 700,
    };

    public long Seed { get; init; } = 1;

    public InputOptions Input { get; init; } = StandardInput;

    public SplitOptions Split { get; init; } = new();

    public DecisionOptions Decision { get; init; } = new();

    public ClassifierKind Classifier { get; init; }

    public FeatureOptions Features { get; init; } = new();

    /// <summary>The validation figure that chooses among settings; accuracy by default.</summary>
    public BestBy SelectBy { get; init; } = BestBy.Accuracy;

    /// <summary>The classifier's settings to choose from, at least one.</summary>
    internal IReadOnlyList<IClassifierSettings> Settings { get; init; } = [new NearestNeighborSettings()];

    public IModel Untrained(int classes, Torch.Device device) => new ClassicalModel(this, classes);

    /// <summary>
    /// Reads the method's sections; those of classifiers that are not chosen are checked all the same.
    /// </summary>
    public static ClassicalRecipe Read(RecipeNode node)
    {
        var input = node.Section("input");
        var kind = node.Word(
            "classifier",
            ClassifierKind.Svm,
            "Which classifier reads the features",
            "Spanhol et al. 2016"
        );
        var known = new Dictionary<ClassifierKind, IReadOnlyList<IClassifierSettings>>
        {
            [ClassifierKind.NearestNeighbor] = [new NearestNeighborSettings()],
            [ClassifierKind.Qda] = Qda(node.Section("qda")),
            [ClassifierKind.RandomForest] = Forests(node.Section("forest")),
            [ClassifierKind.Svm] = Machines(node.Section("svm")),
        };
        var recipe = new ClassicalRecipe
        {
            Seed = node.Int(
                "seed",
                1,
                (0, int.MaxValue),
                "Seed of weights, order and augmentation, and of the split that the recipe draws; part k of a split adds k − 1"
            ),
            Input = InputOptions.Read(input, StandardInput),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = DecisionOptions.Read(node.Section("decision")),
            Classifier = kind,
            Features = FeatureOptions.Read(node.Section("features")),
            SelectBy = node.Word(
                "select_by",
                BestBy.Accuracy,
                "Validation figure that chooses among settings; where it is the same, the smaller log loss, then the earlier setting"
            ),
            Settings = known[kind],
        };
        if (recipe.Input.Form == InputForm.MaskChannel)
            throw input.Wrong("form", "mask-channel", "a mask is no feature; expected is masked or raw");
        if (recipe.Input.Standardize)
            throw input.Wrong("standardize", "true", "features are scaled, not pixels; expected is false");
        return recipe;
    }

    private static IReadOnlyList<IClassifierSettings> Qda(RecipeNode node)
    {
        var components = node.Int(
            "components",
            0,
            (0, 1000),
            "Principal components; 0: half as many as the smallest class has training images, at least one"
        );
        return
        [
            .. node.Numbers(
                    "shrinkage",
                    [0.05, 0.2, 0.5],
                    (0, 1),
                    "γ of (1 − γ) S + γ I, one or several to choose from",
                    "Friedman 1989"
                )
                .Select(s => new QuadraticDiscriminantSettings(s, components)),
        ];
    }

    private static IReadOnlyList<IClassifierSettings> Forests(RecipeNode node)
    {
        var (trees, depth) = (
            node.Int("trees", 500, (1, 100_000), "Trees of a forest"),
            node.Int("depth", 25, (1, 25), "Most levels of a tree")
        );
        return
        [
            .. node.Ints(
                    "least",
                    [2, 10],
                    (1, 1_000_000),
                    "A node of fewer images is not split; one or several to choose from"
                )
                .Select(least => new RandomForestSettings(trees, depth, least)),
        ];
    }

    private static IReadOnlyList<IClassifierSettings> Machines(RecipeNode node)
    {
        var gammas = node.Numbers(
            "gamma",
            [0.1, 1],
            (1e-9, 1e9),
            "γ of the kernel exp(−γ/F · ‖x − y‖²) with F features, one or several to choose from"
        );
        return
        [
            .. node.Numbers(
                    "c",
                    [1, 10, 100],
                    (1e-9, 1e9),
                    "Price of an image beyond the margin, one or several to choose from"
                )
                .SelectMany(c => gammas.Select(gamma => new SupportVectorMachineSettings(c, gamma))),
        ];
    }
}
