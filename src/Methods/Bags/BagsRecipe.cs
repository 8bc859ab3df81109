using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Learning.StoredFeatures;
using Coverslip.Torch;

namespace Coverslip.Methods.Bags;

/// <summary>A run over bags of features.</summary>
internal sealed record BagsRecipe : IRecipe, ILabelsTogether, IPredictsTogether, IPredictsSlides
{
    private static readonly InputOptions StandardInput = new()
    {
        Form = InputForm.Raw,
        Height = 224,
        Width = 224,
    };

    private static readonly TrainingOptions StandardTraining = new()
    {
        Epochs = 50,
        Batch = 4,
        Optimizer = OptimizerKind.AdamW,
        Rate = 3e-4,
        WeightDecay = 0.01,
        Schedule = RateSchedule.Constant,
        Patience = 10,
        ClassWeights = ClassWeights.Balanced,
    };

    public long Seed { get; init; } = 1;

    public InputOptions Input { get; init; } = StandardInput;

    public SplitOptions Split { get; init; } = new();

    public DecisionOptions Decision { get; init; } = new();

    public TrainingOptions Training { get; init; } = StandardTraining;

    public BagFeatureOptions Features { get; init; } = new();

    public BagOptions Bags { get; init; } = new();

    public BagTestOptions Test { get; init; } = new();

    /// <summary>Whether each class weighs the same, however many bags it has.</summary>
    internal bool Balanced => Training.ClassWeights == ClassWeights.Balanced;

    public string? TrainsAlone =>
        Bags.IsNetwork
            ? null
            : "its bags are pooled and fitted without a training loop; take a network of bags.pooling";

    public int Epochs => Bags.IsNetwork ? Training.Epochs : 1;

    public IReadOnlyList<StageLength> Lengths =>
        Bags.IsNetwork ? [new StageLength("training", Training.Epochs, Training.PatienceIn(null))] : [];

    public IReadOnlyList<string> Needs =>
        Features.Encoder is { Kind: FeatureKind.Encoder, From.Length: 0, Encoder: var word }
        && EncoderWord.File(word) is not null
            ? EncoderWord.Needs(word)
            : [];

    /// <summary>Stored features: a run does not go on with others.</summary>
    public IReadOnlyList<string> CohortFiles => BagFiles.In(Features.Encoder.From);

    public Cohort Labeled(Cohort cohort) => BagLabels.On(cohort, Bags, Decision.PositiveOf(cohort.Classes));

    public ITrainingData Prepare(Preparation given) => BagPreparation.Of(this, given);

    public IModel Untrained(int classes, Device device) => new BagModel(this, classes, device);

    public bool Shares => Encodes && Features.Encoder.From.Length == 0;

    /// <summary>Whether instances are features of a pre-trained network, and not what a trivial model knows.</summary>
    private bool Encodes => Features.Encoder.Kind == FeatureKind.Encoder;

    public string? UnfitFor(Cohort cohort) =>
        Features.Encoder.OfPixels is not null && !Encodes && BagFiles.KindOf(cohort) == RowKind.Features
            ? $"features.kind is {Words.Kebab($"{Features.Encoder.Kind}")}, and files of features hold no pixels; name images or slides, or take features.kind: encoder"
            : null;

    public bool TakesTogether(Cohort cohort) =>
        !Encodes || Bags.Of == BagOf.Patient || BagFiles.KindOf(cohort) != RowKind.Slide;

    public Predictions PredictTogether(TrainedModel run, TogetherTask task, CancellationToken stop) =>
        new BagPrediction(run, this, task).Of(stop);

    public ISlidePrediction OpenSlides(TrainedModel run, PredictionRequest asked) =>
        Encodes
            ? SlideBags.Of(this, run, asked)
            : throw new InvalidOperationException(
                $"this run knows slides by features.kind {Words.Kebab($"{Features.Encoder.Kind}")} alone and has no heatmaps of them; name the slides in a cohort file (--cohort) for their probabilities"
            );

    internal static BagsRecipe Read(RecipeNode node)
    {
        var input = node.Section("input");
        var recipe = new BagsRecipe
        {
            Seed = node.Int(
                "seed",
                1,
                (0, int.MaxValue),
                "Seed of weights, order and what is left out, and of the split that the recipe draws; part k of a split adds k − 1"
            ),
            Input = InputOptions.Read(input, StandardInput),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = DecisionOptions.Read(node.Section("decision")),
            Features = BagFeatureOptions.Read(node.Section("features")),
            Bags = BagOptions.Read(node.Section("bags")),
            Training = TrainingOptions.Read(node.Section("training"), StandardTraining),
            Test = BagTestOptions.Read(node.Section("test")),
        };
        if (recipe.Input.Form != InputForm.Raw)
            throw input.Wrong(
                "form",
                recipe.Input.Form == InputForm.Masked ? "masked" : "mask-channel",
                "instances are seen as they are; expected is raw"
            );
        if (!recipe.Encodes && recipe.Bags.IsNetwork)
            throw node.Section("bags")
                .Wrong(
                    "kind",
                    Words.Kebab($"{recipe.Bags.Kind}"),
                    $"features.kind is {Words.Kebab($"{recipe.Features.Encoder.Kind}")}, of which no network has anything to learn; expected is mean or max"
                );
        if (recipe.Input.Standardize || recipe.Input.Restained)
            throw input.Wrong(
                recipe.Input.Standardize ? "standardize" : "stain",
                recipe.Input.Standardize ? "true" : recipe.Input.Stain,
                "an encoder takes images as they are; leave it out"
            );
        if (recipe.Training.Precision != Precision.Float32)
            throw node.Section("training")
                .Wrong(
                    "precision",
                    Words.Kebab($"{recipe.Training.Precision}"),
                    "networks over bags are small and computed in float32; expected is float32"
                );
        return recipe;
    }
}
