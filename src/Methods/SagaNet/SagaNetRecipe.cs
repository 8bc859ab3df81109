using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.SagaNet;

/// <summary>A SagaNet run as its YAML recipe states it. Unknown keys are refused with the nearest known one.</summary>
internal sealed record SagaNetRecipe : INetworkRecipe, IPredictsSlides
{
    public long Seed { get; init; } = 1;

    public InputOptions Input { get; init; } = new();

    public TrainingOptions Training { get; init; } = new();

    public AugmentationOptions Augmentation { get; init; } = new();

    public SplitOptions Split { get; init; } = new();

    public DecisionOptions Decision { get; init; } = new();

    /// <summary>The network without what input and classes decide.</summary>
    public SagaNetOptions Network { get; init; } = new();

    public LengthAwareHingeLoss Hinge { get; init; } = new();

    public PartialReconstruction Reconstruction { get; init; } = new();

    /// <summary>The network's options for this input and number of classes.</summary>
    public SagaNetOptions Shape(int classes) =>
        Network with
        {
            Height = Input.Height,
            Width = Input.Width,
            Channels = Input.Channels,
            Classes = classes,
        };

    public int SmallestSide => Network.SmallestSide;

    public IReadOnlyList<string> Needs => Network.Stem is { Weights.Length: > 0 } stem ? [stem.Weights] : [];

    public string StartsFrom => Network.Stem?.Weights ?? "";

    public string MemoryAdvice => "take a smaller input, or set network.recompute: true";

    public INetworkRecipe Sized(int height, int width) =>
        this with
        {
            Input = Input with { Height = height, Width = width },
        };

    public IClassifier Build(int classes, Torch.Device device) => new SagaNetClassifier(this, classes, device);

    /// <summary>Reads the method's sections.</summary>
    public static SagaNetRecipe Read(RecipeNode node)
    {
        var (input, network, loss) = (node.Section("input"), node.Section("network"), node.Section("loss"));
        var shape = new SagaNetOptions();
        var hinge = new LengthAwareHingeLoss();
        var recipe = new SagaNetRecipe
        {
            Seed = node.Int(
                "seed",
                1,
                (0, int.MaxValue),
                "Seed of weights, order and augmentation, and of the split that the recipe draws; part k of a split adds k − 1"
            ),
            Input = InputOptions.Read(input),
            Training = TrainingOptions.Read(node.Section("training")),
            Augmentation = AugmentationOptions.ReadRepeated(node.Section("augmentation")),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = DecisionOptions.Read(node.Section("decision")),
            Network = new SagaNetOptions
            {
                Stem = StemOptions.Read(network),
                StemFilters = network.Int(
                    "stem_filters",
                    shape.StemFilters,
                    (1, 4096),
                    "Filters of the first gated convolution",
                    "Liu & Sun 2021, sec. 3.3"
                ),
                StemStride = network.Int(
                    "stem_stride",
                    shape.StemStride,
                    (1, 4),
                    "Step of the first gated convolution: where the map is first halved"
                ),
                Growth = network.Int(
                    "growth",
                    shape.Growth,
                    (1, 1024),
                    "Channels that each gated convolution block adds",
                    "Liu & Sun 2021, sec. 3.3"
                ),
                Blocks = network.Ints(
                    "blocks",
                    shape.Blocks,
                    (1, 64),
                    "Gated convolution blocks in each dense block, of one to six dense blocks",
                    "Liu & Sun 2021, sec. 3.3"
                ),
                FeatureKinds = network.Int(
                    "feature_kinds",
                    shape.FeatureKinds,
                    (1, 1024),
                    "Vectors u_j at each place of the deepest map",
                    "Liu & Sun 2021, sec. 3.2.1"
                ),
                FeatureSize = network.Int(
                    "feature_size",
                    shape.FeatureSize,
                    (1, 1024),
                    "Length of one u_j",
                    "Sabour et al. 2017"
                ),
                ClassSize = network.Int(
                    "class_size",
                    shape.ClassSize,
                    (1, 1024),
                    "Length of a class feature f_c",
                    "Sabour et al. 2017"
                ),
                Positions = network.Word(
                    "positions",
                    shape.Positions,
                    "Matrices W_{c,j} for every place of the map (located), or the same for all places, over which features are then averaged (shared)"
                ),
                Gated = network.Flag("gated", true, "Gated convolutions, or plain ones", "Liu & Sun 2021, sec. 3.1.2"),
                Normalize = network.Flag("normalize", true, "Batch normalization between convolution and activation"),
                Dropout = network.Number("dropout", 0, (0, 0.95), "Dropout of the features u while training"),
                Recompute = network.Flag(
                    "recompute",
                    false,
                    "Whether activations are computed again in the backward pass instead of kept: less memory, more time, the same numbers"
                ),
                Reconstruct = loss.Flag(
                    "reconstruct",
                    true,
                    "Whether there is a decoder and its error counts",
                    "Liu & Sun 2021, sec. 3.1.3"
                ),
                ClassLoss = loss.Word(
                    "class",
                    shape.ClassLoss,
                    "Length-aware hinge loss, or softmax cross-entropy over one more linear layer",
                    "Liu & Sun 2021, sec. 3.2.1"
                ),
            },
            Hinge = new LengthAwareHingeLoss
            {
                Upper = loss.Number(
                    "upper",
                    hinge.Upper,
                    (0, 100),
                    "T_max: length that a present class's feature shall reach",
                    "Liu & Sun 2021, sec. 3.2.1"
                ),
                Lower = loss.Number(
                    "lower",
                    hinge.Lower,
                    (0, 100),
                    "T_min: length that an absent class's feature shall not exceed",
                    "Liu & Sun 2021, sec. 3.2.1"
                ),
                AbsentWeight = loss.Number(
                    "absent_weight",
                    hinge.AbsentWeight,
                    (0, 100),
                    "α, weight of absent classes",
                    "Liu & Sun 2021, sec. 3.2.1"
                ),
            },
            Reconstruction = new PartialReconstruction
            {
                Weight = loss.Number(
                    "reconstruction_weight",
                    1,
                    (0, 1e6),
                    "Factor of the reconstruction's error",
                    "Liu & Sun 2021, sec. 3.3"
                ),
                Sum = loss.Flag(
                    "reconstruction_sum",
                    false,
                    "Whether the squared errors of an image are added up instead of averaged"
                ),
            },
        };
        if (recipe.Network.Stem is { } stem && recipe.Input.Form == InputForm.MaskChannel)
            throw input.Wrong("form", "mask-channel", $"{stem.Kind.Name} takes 3 channels; expected is masked or raw");
        return recipe;
    }

    public ISlidePrediction OpenSlides(TrainedModel run, PredictionRequest asked) =>
        HeatmapPrediction.Of("saganet", run, asked);

    public WindowValidation? ValidationWindows => new(OnSlides: false, Augmentation.AverageOrientations);
}
