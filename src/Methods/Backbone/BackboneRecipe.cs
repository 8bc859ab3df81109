using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.Backbone;

/// <summary>A run of a published network, as the paper compares SagaNet with (Liu &amp; Sun 2021, sec. 4.2).</summary>
internal sealed record BackboneRecipe : INetworkRecipe, IBackboneRecipe, IPredictsSlides
{
    /// <summary>224×224 pixels, by which the paper's numbers of parameters come out.</summary>
    private static readonly InputOptions StandardInput = new() { Height = 224, Width = 224 };

    public long Seed { get; init; } = 1;

    public InputOptions Input { get; init; } = StandardInput;

    public TrainingOptions Training { get; init; } = new();

    public AugmentationOptions Augmentation { get; init; } = new();

    public SplitOptions Split { get; init; } = new();

    public DecisionOptions Decision { get; init; } = new();

    public required BackboneNetworkOptions Network { get; init; }

    /// <summary>GiB on disk for what frozen stages make of images, computed once; 0 (default): in every epoch.</summary>
    public double StoreFrozen { get; init; }

    public int SmallestSide => Network.SmallestSide;

    public IReadOnlyList<string> Needs => Network.Weights.Length > 0 ? [Network.Weights] : [];

    public INetworkRecipe Sized(int height, int width) =>
        this with
        {
            Input = Input with { Height = height, Width = width },
        };

    public IClassifier Build(int classes, Torch.Device device) => new BackboneClassifier(this, classes, device);

    public string StartsFrom => Network.Weights;

    /// <summary>Reads the method's sections.</summary>
    public static BackboneRecipe Read(RecipeNode node)
    {
        var (input, network) = (node.Section("input"), node.Section("network"));
        var recipe = new BackboneRecipe
        {
            Seed = node.Int(
                "seed",
                1,
                (0, int.MaxValue),
                "Seed of weights, order and augmentation, and of the split that the recipe draws; part k of a split adds k − 1"
            ),
            Input = InputOptions.Read(input, StandardInput),
            Training = TrainingOptions.Read(node.Section("training")),
            Augmentation = AugmentationOptions.ReadRepeated(node.Section("augmentation")),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = DecisionOptions.Read(node.Section("decision")),
            Network = BackboneNetworkOptions.Read(network),
            StoreFrozen = network.Number(
                "store_frozen",
                0,
                (0, 4096),
                "GiB of temporary files (TMPDIR) in which what the frozen stages make of images is kept in half precision, so that it is computed once; 0: in every epoch. Of ResNets, with no random change but orientations"
            ),
        };
        if (recipe.StoreFrozen > 0)
            CheckStored(recipe, network);
        if (recipe.Input.Form == InputForm.MaskChannel)
            throw input.Wrong("form", "mask-channel", "published networks take 3 channels; expected is masked or raw");
        var (name, least) = (recipe.Network.Kind.Name, recipe.SmallestSide);
        var wayOut = recipe.Network.Auxiliary ? ", or network.auxiliary: false" : "";
        foreach (var (key, side) in new[] { ("height", recipe.Input.Height), ("width", recipe.Input.Width) })
            if (side < least)
                throw input.Wrong(key, $"{side}", $"{name} needs at least {least} pixels{wayOut}");
        return recipe;
    }

    private static void CheckStored(BackboneRecipe recipe, RecipeNode network)
    {
        var asked = FormattableString.Invariant($"{recipe.StoreFrozen}");
        if (recipe.Network.FineTuning.Stages is null)
            throw network.Wrong(
                "store_frozen",
                asked,
                "all stages are trained; set trainable: none or last-N, or store_frozen: 0"
            );
        if (!recipe.Augmentation.ComesAgain)
            throw network.Wrong(
                "store_frozen",
                asked,
                "augmentation changes colors, place or focus, so that no image comes again; leave only orientations on, or set store_frozen: 0"
            );
    }

    public ISlidePrediction OpenSlides(TrainedModel run, PredictionRequest asked) =>
        HeatmapPrediction.Of("backbone", run, asked);

    public WindowValidation? ValidationWindows => new(OnSlides: false, Augmentation.AverageOrientations);
}
