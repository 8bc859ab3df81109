using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Tissue;
using Coverslip.Torch;

namespace Coverslip.Methods.TumorDetection;

/// <summary>A patch classifier for slides (Liu et al. 2017, arXiv 1703.02442, sec. 3), as published by default.</summary>
internal sealed record TumorDetectionRecipe : INetworkRecipe, IPredictsSlides
{
    private static readonly InputOptions StandardInput = SlideInput.Standard(299);

    /// <summary>Rate 0.05, halved every two million examples; RMSprop as TensorFlow had it in 2017.</summary>
    private static readonly TrainingOptions StandardTraining = new()
    {
        Batch = 32,
        Optimizer = OptimizerKind.RmsProp,
        RmsForm = RmsForm.TensorFlow,
        Momentum = 0.9,
        SquareDecay = 0.9,
        Epsilon = 1,
        Rate = 0.05,
        Schedule = RateSchedule.Step,
        Factor = 0.5,
        EveryExamples = 2_000_000,
        BestBy = BestBy.Auc,
    };

    private static readonly AugmentationOptions StandardAugmentation = AugmentationOptions.Liu2017 with { Shift = 8 };

    public long Seed { get; init; } = 1;

    public InputOptions Input { get; init; } = StandardInput;

    public TrainingOptions Training { get; init; } = StandardTraining;

    public AugmentationOptions Augmentation { get; init; } = StandardAugmentation;

    public SplitOptions Split { get; init; } = new();

    public DecisionOptions Decision { get; init; } = new();

    public required TowerOptions Network { get; init; }

    /// <summary>Resolution, places, length of an epoch.</summary>
    public SlidePatchOptions Patches { get; init; } = new();

    /// <summary>Slides that are mislabeled on purpose; none by default.</summary>
    public MislabelOptions Mislabel { get; init; } = new();

    /// <summary>How the test patients' slides are predicted.</summary>
    public TestOptions Test { get; init; } = new();

    /// <summary>
    /// Folders of runs on the same split whose mean this run is, instead of training; empty, the default: it trains.
    /// </summary>
    public IReadOnlyList<string> Ensemble { get; init; } = [];

    public int SmallestSide => Network.Kind.SmallestSide(Network.Auxiliary);

    public IReadOnlyList<double> Views => Network.Context > 1 ? [1, Network.Context] : [1];

    public long? EpochExamples(Cohort cohort, SplitPart part) => KnownEpoch;

    public long? KnownEpoch => Patches.KnownEpoch;

    public bool TellsClasses => false;

    public IReadOnlyList<string> OwnFigures => ["slide_auc", "froc", "sensitivity_at_8", "heatmap_roughness"];

    public IReadOnlyList<string> LowerIsBetter => ["heatmap_roughness"];

    public string? TrainsAlone => Ensemble.Count > 0 ? "an ensemble takes runs that are trained already" : null;

    public IReadOnlyList<string> Needs => Network.Weights.Length > 0 ? [Network.Weights, .. Ensemble] : Ensemble;

    public INetworkRecipe Sized(int height, int width) =>
        this with
        {
            Input = Input with { Height = height, Width = width },
        };

    public ITrainingData Prepare(Preparation given) => TumorDetectionData.Open(this, given);

    IModel IRecipe.Untrained(int classes, Device device) => Model(classes, device);

    internal IPredictsWindows Model(int classes, Device device) =>
        Ensemble.Count == 0
            ? new NetworkModel(this, Build(classes, device))
            : new EnsembleModel([.. Ensemble.Select(_ => new NetworkModel(this, Build(classes, device)))]);

    public IClassifier Build(int classes, Device device) => new TumorDetectionClassifier(this, classes, device);

    public string StartsFrom => Network.Weights;

    /// <summary>Reads the method's sections.</summary>
    /// <exception cref="RecipeException">A key that is unknown, or a value outside its range.</exception>
    public static TumorDetectionRecipe Read(RecipeNode node)
    {
        var (input, network, training) = (node.Section("input"), node.Section("network"), node.Section("training"));
        var read = SlideInput.Read(input, StandardInput);
        var recipe = new TumorDetectionRecipe
        {
            Seed = node.Int(
                "seed",
                1,
                (0, int.MaxValue),
                "Seed of weights, order and augmentation, and of the split that the recipe draws; part k of a split adds k − 1"
            ),
            Input = read,
            Training = TrainingOptions.Read(training, StandardTraining),
            Augmentation = AugmentationOptions.Read(node.Section("augmentation"), StandardAugmentation),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = DecisionOptions.Read(node.Section("decision")),
            Network = TowerOptions.Read(network),
            Patches = SlidePatchOptions.Read(node.Section("patches"), read.Width),
            Ensemble = node.List(
                "ensemble",
                [],
                "Folders of runs on the same split whose mean this run is, instead of training",
                "Liu et al. 2017, sec. 4"
            ),
            Test = TestOptions.Read(node.Section("test"), read.Width),
            Mislabel = MislabelOptions.Read(node.Section("mislabel")),
        };
        if (read.Width < recipe.SmallestSide)
            throw input.Wrong(
                "width",
                $"{read.Width}",
                $"{recipe.Network.Kind.Name} needs at least {recipe.SmallestSide} pixels"
                    + (recipe.Network.Auxiliary ? ", or network.auxiliary: false" : "")
            );
        return recipe;
    }

    public ISlidePrediction OpenSlides(TrainedModel run, PredictionRequest asked) =>
        HeatmapPrediction.Of("tumor-detection", run, asked, Test.Stride, Test.Detection);

    public TissueOptions Tissue => Patches.Tissue;

    public WindowValidation? ValidationWindows => new(OnSlides: true, Test.Orientations);
}
