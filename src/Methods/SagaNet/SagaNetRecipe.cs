using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.SagaNet;

/// <summary>A SagaNet run as its YAML recipe states it. Unknown keys are refused with the nearest known one.</summary>
public sealed record SagaNetRecipe : INetworkRecipe, IPredictsSlides
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

    public INetworkRecipe Sized(int height, int width) =>
        this with
        {
            Input = Input with { Height = height, Width = width },
        };

    public IClassifier Build(int classes, Torch.Device device) => new SagaNetClassifier(this, classes, device);

    /// <summary>Reads the method's sections.</summary>
    public static SagaNetRecipe Read(RecipeNode node)
    {
        var network = node.Section("network");
        var loss = node.Section("loss");
        var shape = new SagaNetOptions();
        var hinge = new LengthAwareHingeLoss();
        return new SagaNetRecipe
        {
            Seed = node.Int("seed", 1, 0, int.MaxValue),
            Input = InputOptions.Read(node.Section("input")),
            Training = TrainingOptions.Read(node.Section("training")),
            Augmentation = AugmentationOptions.Read(node.Section("augmentation")),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = DecisionOptions.Read(node.Section("decision")),
            Network = new SagaNetOptions
            {
                StemFilters = network.Int("stem_filters", shape.StemFilters, 1, 4096),
                StemStride = network.Int("stem_stride", shape.StemStride, 1, 4),
                Growth = network.Int("growth", shape.Growth, 1, 1024),
                Blocks = network.Ints("blocks", shape.Blocks, 1, 64),
                FeatureKinds = network.Int("feature_kinds", shape.FeatureKinds, 1, 1024),
                FeatureSize = network.Int("feature_size", shape.FeatureSize, 1, 1024),
                ClassSize = network.Int("class_size", shape.ClassSize, 1, 1024),
                Positions = network.Word("positions", shape.Positions),
                Gated = network.Flag("gated", true),
                Normalize = network.Flag("normalize", true),
                Dropout = network.Number("dropout", 0, 0, 0.95),
                Recompute = network.Flag("recompute", false),
                Reconstruct = loss.Flag("reconstruct", true),
                ClassLoss = loss.Word("class", shape.ClassLoss),
            },
            Hinge = new LengthAwareHingeLoss
            {
                Upper = loss.Number("upper", hinge.Upper, 0, 100),
                Lower = loss.Number("lower", hinge.Lower, 0, 100),
                AbsentWeight = loss.Number("absent_weight", hinge.AbsentWeight, 0, 100),
            },
            Reconstruction = new PartialReconstruction
            {
                Weight = loss.Number("reconstruction_weight", 1, 0, 1e6),
                Sum = loss.Flag("reconstruction_sum", false),
            },
        };
    }

    public ISlidePrediction OpenSlides(TrainedModel run, PredictionRequest asked) =>
        HeatmapPrediction.Of("saganet", run, asked);
}
