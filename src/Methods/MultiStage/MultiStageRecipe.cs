using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>A run of Takahama et al. 2019 on slides, as published for biopsies by default.</summary>
internal sealed record MultiStageRecipe : INetworkRecipe, IPredictsSlides
{
    private static readonly InputOptions StandardInput = SlideInput.Standard(224);

    private static readonly TrainingOptions StandardTraining = new()
    {
        Epochs = 30,
        Batch = 128,
        Optimizer = OptimizerKind.Adam,
        Rate = 1e-4,
        Schedule = RateSchedule.Constant,
        Patience = 0,
    };

    // A window of 224 moved by at most 16 within its patch of 256 is a random crop.
    private static readonly AugmentationOptions StandardAugmentation = new()
    {
        Colors = ColorChange.Pillow,
        Saturation = 0.25,
        Contrast = 0.25,
        Brightness = 0.25,
        Sharpness = 0.25,
        Shift = 16,
    };

    public long Seed { get; init; } = 1;

    public InputOptions Input { get; init; } = StandardInput;

    /// <summary>Of the extractor.</summary>
    public TrainingOptions Training { get; init; } = StandardTraining;

    /// <summary>Of the extractor's patches.</summary>
    public AugmentationOptions Augmentation { get; init; } = StandardAugmentation;

    public SplitOptions Split { get; init; } = new();

    public DecisionOptions Decision { get; init; } = new();

    /// <summary>end-to-end (default), separate, classifier, untrained or segmentation.</summary>
    public Learning Learning { get; init; }

    /// <summary>drawn (default) or slides, with <c>learning: classifier</c>.</summary>
    public ClassPrior Prior { get; init; }

    /// <summary>The extractor.</summary>
    public FeatureExtractorOptions Network { get; init; } = new();

    /// <summary>The segmentation model's shape.</summary>
    public UNetOptions Segmentation { get; init; } = new();

    /// <summary>
    /// Pixels to a side of a patch in the reduced image, where the segmentation model works alone: 32 by default, so that
    /// 32 × 32 patches make the published 1024 × 1024 pixels; otherwise 0.
    /// </summary>
    public int Cell { get; init; }

    /// <summary>How the segmentation model learns.</summary>
    public MapTrainingOptions MapTraining { get; init; } = new();

    public EndToEndOptions EndToEnd { get; init; } = new();

    /// <summary>Size of the maps.</summary>
    public FeatureMapOptions Maps { get; init; } = new();

    public SlidePatchOptions Patches { get; init; } = new();

    /// <summary>Classes of slides and stages of patients.</summary>
    public StagingOptions Stages { get; init; } = new();

    public bool TellsClasses => false;

    public IReadOnlyList<string> LowerIsBetter => [PatchEstimates.Points, .. CalledPatches.Keys];

    public IReadOnlyList<string> OwnFigures =>
        [
            PatchEstimates.Accuracy,
            PatchEstimates.PrecisionRecallArea,
            PatchEstimates.Points,
            PatchEstimates.Recall,
            .. CalledPatches.Keys,
            .. LesionEstimates.Keys,
            .. Stages.Folds > 0 ? (string[])[SlideStaging.Kappa, SlideStaging.Accuracy] : [],
        ];

    public bool Shares => true;

    public string? TrainsAlone =>
        !MapTraining.Loss.AddsUp
            ? "its loss of the maps weighs lesions or borders of a whole mini-batch against each other; take segmentation.lesion_balance: 0, and tumor_weight: 1 with the boundary loss"
        : Learning == Learning.EndToEnd && EndToEnd.Gradients.Statistics == EndToEndStatistics.Batch
            ? "end_to_end.statistics is batch, by which running statistics move with one mini-batch after the other; take running"
        : null;

    /// <summary>Whether the extractor learns from patches.</summary>
    internal bool TrainsExtractor => Learning is not (Learning.Untrained or Learning.Segmentation or Learning.Chance);

    /// <summary>Pixels to a side of what is read of a patch.</summary>
    internal int Window => Cell > 0 ? Cell : Input.Width;

    /// <summary>How a slide's patches are read.</summary>
    internal GridReading Reading(WindowPixels pixels) =>
        new(Patches, Window, pixels)
        {
            Reduction = Cell > 0 ? (double)Patches.GridSide!.Value / Cell : 1,
            Steps = Maps.Steps,
        };

    public int SmallestSide => Network.Kind.SmallestSide();

    public IReadOnlyList<double> Views => [1];

    public long? EpochExamples(Cohort cohort, SplitPart part) => KnownEpoch;

    public long? KnownEpoch => Patches.KnownEpoch;

    public IReadOnlyList<string> Needs =>
        Network.Weights.Length > 0 && Learning is not (Learning.Segmentation or Learning.Chance)
            ? [Network.Weights]
            : [];

    public INetworkRecipe Sized(int height, int width) =>
        this with
        {
            Input = Input with { Height = height, Width = width },
        };

    public IClassifier Build(int classes, Device device) => new FeatureExtractor(Network, classes, device);

    public string StartsFrom => Network.Weights;

    IReadOnlyList<TrainingStage> IRecipe.Stages => TrainsExtractor ? [new TrainingStage("training", this)] : [];

    public IReadOnlyList<StageLength> Lengths
    {
        get
        {
            var lengths = new List<StageLength>();
            if (TrainsExtractor)
                lengths.Add(new StageLength("extractor", Training.Epochs, Training.PatienceIn(KnownEpoch)));
            if (Learning is not (Learning.Classifier or Learning.Chance))
            {
                lengths.Add(new StageLength("maps", 0, 0));
                lengths.Add(new StageLength("segmentation", MapTraining.Epochs, 0));
            }
            if (Learning == Learning.EndToEnd)
                lengths.Add(new StageLength("end to end", EndToEnd.Epochs, 0));
            return lengths;
        }
    }

    public ITrainingData Prepare(Preparation given) => MultiStageData.Prepare(this, given);

    IModel IRecipe.Untrained(int classes, Device device) => new MultiStageModel(this, device);

    /// <summary>Reads the method's sections.</summary>
    /// <exception cref="RecipeException">A key that is unknown, or a value outside its range.</exception>
    public static MultiStageRecipe Read(RecipeNode node)
    {
        var (input, segmentation, maps) = (node.Section("input"), node.Section("segmentation"), node.Section("maps"));
        var network = FeatureExtractorOptions.Read(node.Section("network"));
        var patches = node.Section("patches");
        var learning = node.Word(
            "learning",
            Learning.EndToEnd,
            "What is trained: extractor, then segmentation, then both together (end-to-end); the first two (separate); the patch classifier alone; the segmentation over published features (untrained); the segmentation over the reduced image; nothing, for figures by chance",
            "Takahama et al. 2019, table 1"
        );
        var cell = segmentation.Int(
            "cell",
            32,
            (1, 256),
            "Pixels to a side of a patch in the reduced image, with learning: segmentation",
            "Takahama et al. 2019, sec. 4.2.1"
        );
        var recipe = new MultiStageRecipe
        {
            Seed = node.Int(
                "seed",
                1,
                (0, int.MaxValue),
                "Seed of weights, order and augmentation, and of the split that the recipe draws; part k of a split adds k − 1"
            ),
            Learning = learning,
            Cell = learning == Learning.Segmentation ? cell : 0,
            Input = SlideInput.Read(input, StandardInput),
            Training = TrainingOptions.Read(node.Section("training"), StandardTraining),
            Augmentation = AugmentationOptions.Read(node.Section("augmentation"), StandardAugmentation),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = DecisionOptions.Read(node.Section("decision")),
            Network = network,
            Segmentation = new UNetOptions
            {
                Input = learning == Learning.Segmentation ? 3 : network.Length(),
                Output = 2,
                Width = segmentation.Int("width", 64, (1, 1024), "Channels of the outermost level of the U-Net"),
                Depth = segmentation.Int("depth", 4, (1, 8), "How often the U-Net halves the map"),
                Normalize = segmentation.Flag("normalize", false, "Batch normalization in the U-Net"),
                Dropout = segmentation.Number(
                    "dropout",
                    0,
                    (0, 0.95),
                    "Dropout at the two deepest levels of the U-Net"
                ),
            },
            MapTraining = MapTrainingOptions.Read(segmentation),
            Stages = StagingOptions.Read(node.Section("stages")),
            EndToEnd = EndToEndOptions.Read(node.Section("end_to_end")),
            Maps = FeatureMapOptions.Read(maps),
            Patches = SlidePatchOptions.ReadGrid(patches),
            Prior = patches.Word(
                "prior",
                ClassPrior.Drawn,
                "With learning: classifier, whether its probabilities speak of the shares of classes among the patches it was trained on (drawn), or among all labeled patches of the training slides (slides)",
                "Saerens et al. 2002"
            ),
        };
        if (recipe.Prior == ClassPrior.Slides && learning != Learning.Classifier)
            throw patches.Wrong(
                "prior",
                "slides",
                "only the patch classifier (learning: classifier) is trained on drawn patches and asked for probabilities; expected is drawn"
            );
        if (recipe.Input.Standardize)
            throw input.Wrong("standardize", "true", "windows of slides are given as they are; expected is false");
        if (recipe.Input.Width < recipe.SmallestSide || recipe.Input.Width > recipe.Patches.GridSide)
            throw input.Wrong(
                "width",
                $"{recipe.Input.Width}",
                $"expected is {recipe.SmallestSide}, the least of {network.Kind.Name}, to {recipe.Patches.GridSide}, the patch"
            );
        if (recipe.Maps.Side * Math.Max(1, recipe.Cell) < 1 << recipe.Segmentation.Depth)
            throw segmentation.Wrong(
                "depth",
                $"{recipe.Segmentation.Depth}",
                $"a map of {recipe.Maps.Side} cells cannot be halved so often"
            );
        if (
            recipe.Maps.Steps > 1
            && (learning == Learning.Segmentation || recipe.Patches.GridSide < 2 * HeatmapGrid.LeastStride)
        )
            throw maps.Wrong(
                "stride",
                FormattableString.Invariant($"{recipe.Maps.Stride}"),
                learning == Learning.Segmentation
                    ? "a reduced image is as fine as segmentation.cell says; expected is 1"
                    : $"a patch has {recipe.Patches.GridSide} pixels to a side (patches.side), and half of it is less than a heatmap's cell of {HeatmapGrid.LeastStride}; expected is 1"
            );
        return recipe;
    }

    public TissueOptions Tissue => Patches.Tissue;

    public ISlidePrediction OpenSlides(TrainedModel run, PredictionRequest asked)
    {
        asked.Only("multi-stage", "--mpp", "--threshold", "--radius-microns", "--components");
        // What --mpp says is not used: the recipe says it; but it may stand for "these files are slides".
        return asked.Mpp is { } mpp && Math.Abs(mpp - Patches.Mpp) > 0.01 * Patches.Mpp
            ? throw new InvalidOperationException(
                FormattableString.Invariant(
                    $"--mpp is {mpp}, and the run was trained at {Patches.Mpp} µm/px; leave --mpp out (a slide's own resolution is --slide-mpp)"
                )
            )
            : new SlideMaps(run, DetectionOptions.Of(asked), PatientStages.Of(run, asked.PatientOf));
    }
}
