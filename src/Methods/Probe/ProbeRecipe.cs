using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Torch;

namespace Coverslip.Methods.Probe;

/// <summary>A run of a small classifier on an encoder's features.</summary>
internal sealed record ProbeRecipe : IRecipe, IPredictsSlides, IFitsCohort
{
    private static readonly InputOptions StandardInput = new()
    {
        Form = InputForm.Raw,
        Height = 224,
        Width = 224,
    };

    public long Seed { get; init; } = 1;

    public InputOptions Input { get; init; } = StandardInput;

    public SplitOptions Split { get; init; } = new();

    public DecisionOptions Decision { get; init; } = new();

    public EncoderSettings Features { get; init; } = new();

    public ProbeOptions Probe { get; init; } = new();

    /// <summary>Whether the cohort's images decide size and color, and the number of patients what is chosen among.</summary>
    public bool FitsCohort { get; init; }

    public IReadOnlyList<FittedSetting> Fit(Cohort cohort) => FitsCohort ? FittedInput.Of(cohort, Features) : [];

    public IReadOnlyList<string> Needs =>
        Features.Kind == FeatureKind.Encoder ? EncoderWord.Needs(Features.Encoder) : [];

    public IModel Untrained(int classes, Device device) => new ProbeModel(this, classes, device);

    public ISlidePrediction OpenSlides(TrainedModel run, PredictionRequest asked) =>
        HeatmapPrediction.Of("probe", run, asked);

    public WindowValidation? ValidationWindows => new(OnSlides: false, Oriented: false);

    internal static ProbeRecipe Read(RecipeNode node)
    {
        var input = node.Section("input");
        var recipe = new ProbeRecipe
        {
            Seed = node.Int(
                "seed",
                1,
                (0, int.MaxValue),
                "Seed of folds and weights, and of the split that the recipe draws; part k of a split adds k − 1"
            ),
            FitsCohort = node.Flag(
                "fit_cohort",
                false,
                "Whether, when training begins, the cohort's images decide input.height, width and gray, features.layers and deviations, and many patients that c is chosen among several; the run's recipe says what they decided"
            ),
            Input = InputOptions.Read(input, StandardInput),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = DecisionOptions.Read(node.Section("decision")),
            Features = EncoderSettings.Read(
                node.Section("features"),
                "File of 'coverslip features' that holds the features of the cohort's images, relative to the current folder; empty: they are computed. Images that are predicted later and are not in it are computed",
                trivial: true
            ),
            Probe = ProbeOptions.Read(node.Section("probe")),
        };
        if (recipe.Input.Form == InputForm.MaskChannel)
            throw input.Wrong("form", "mask-channel", "an encoder takes three channels; expected is masked or raw");
        if (recipe.Input.Standardize)
            throw input.Wrong("standardize", "true", "an encoder scales pixels as its weights want; expected is false");
        if (recipe.Features.From.Length > 0 && (recipe.Input.Form != InputForm.Raw || recipe.Input.Restained))
            throw node.Section("features")
                .Wrong(
                    "from",
                    recipe.Features.From,
                    "stored features are of images as they are; it needs input.form: raw and input.stain: none"
                );
        return recipe;
    }
}
