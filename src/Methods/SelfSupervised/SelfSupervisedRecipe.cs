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
using Coverslip.Torch;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>How the network learns to reconstruct (Pasumarthi &amp; Jaiswal, sec. III.3).</summary>
internal sealed record PretrainingOptions
{
    /// <summary>Its epochs, rate, batch; without epochs there is no pre-training.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>
    /// Whether a network with all skip connections is pre-trained too, to measure what they do to the deep levels; false
    /// by default.
    /// </summary>
    public bool CompareSkips { get; init; }
}

/// <summary>
/// A segmentation of few annotated windows by a U-Net that learned to reconstruct many unlabeled ones first: Pasumarthi
/// &amp; Jaiswal, "Self-Supervised Semantic Segmentation of Lymph Node Metastasis", after Wiehman et al. 2016.
/// </summary>
internal sealed record SelfSupervisedRecipe : INetworkRecipe, IPredictsSlides, ISegmentsImages
{
    private static readonly InputOptions StandardInput = SlideInput.Standard(300);

    private static readonly TrainingOptions StandardTraining = new()
    {
        Epochs = 50,
        Batch = 4,
        Rate = 1e-4,
        Schedule = RateSchedule.Constant,
        Patience = 0,
    };

    // The paper names the four changes and no strengths: those of Liu et al. 2017, whose preparation it takes over.
    private static readonly AugmentationOptions StandardAugmentation = AugmentationOptions.Liu2017;

    public long Seed { get; init; } = 1;

    public InputOptions Input { get; init; } = StandardInput;

    /// <summary>The U-Net while it learns to reconstruct; without the outermost skip connection by default.</summary>
    public UNetOptions Network { get; init; } = new() { WithoutSkip = [0] };

    /// <summary>u-net (default), or a trivial model in its place.</summary>
    public SegmenterKind Segmenter { get; init; }

    /// <summary>Levels without skip connection in fine-tuning and prediction; as in pre-training by default.</summary>
    public IReadOnlyList<int> FineTunedWithoutSkip { get; init; } = [0];

    /// <summary>
    /// A run of this method whose weights are begun with, or published weights of the encoder; empty (default): none.
    /// </summary>
    public string Weights { get; init; } = "";

    /// <summary>How much of the encoder is trained; all by default.</summary>
    public FineTuning FineTuning { get; init; } = new();

    /// <summary>What the masks show, as polygons are named.</summary>
    public string Foreground { get; init; } = "foreground";

    public PretrainingOptions Pretraining { get; init; } = new() { Training = StandardTraining with { Epochs = 30 } };

    public JointLossOptions Loss { get; init; } = new();

    /// <summary>Of fine-tuning.</summary>
    public TrainingOptions Training { get; init; } = StandardTraining;

    public AugmentationOptions Augmentation { get; init; } = StandardAugmentation;

    public WindowOptions Windows { get; init; } = new();

    public SplitOptions Split { get; init; } = new();

    /// <summary>Which class of slides is with tumor.</summary>
    public DecisionOptions Decision { get; init; } = new();

    /// <summary>Whether this is the recipe of the first stage.</summary>
    internal bool Reconstructs { get; private init; }

    public int SmallestSide => Network.SmallestSide;

    public long? EpochExamples(Cohort cohort, SplitPart part) =>
        Reconstructs ? Windows.Unlabeled : (long)Windows.Labeled * Windows.Repeats;

    public string? TrainsAlone =>
        Segmenter is SegmenterKind.BrightnessThreshold or SegmenterKind.AllForeground
            ? "its segmenter learns without a training loop"
        : Pretraining.CompareSkips ? "pretraining.compare_skips trains two networks; set it to false"
        : Loss.ForegroundWeight != 1 ? "loss.foreground_weight weighs a whole mini-batch's pixels; set it to 1"
        : null;

    public IReadOnlyList<TrainingStage> Stages =>
        Reconstructs || !Shares
            ? [new TrainingStage("training", this)]
            : [new TrainingStage("pretraining", OnPretraining()), new TrainingStage("training", this)];

    public IReadOnlyList<StageLength> Lengths =>
        [
            .. Shares ? [Length("reconstruction")] : Array.Empty<StageLength>(),
            .. Shares && Pretraining.CompareSkips
                ? [Length("reconstruction with all skips")]
                : Array.Empty<StageLength>(),
            new StageLength("segmentation", Training.Epochs, Training.PatienceIn(null)),
        ];

    public IReadOnlyList<string> Needs => Weights.Length > 0 ? [Weights] : [];

    private StageLength Length(string name) => new(name, Pretraining.Training.Epochs, Pretraining.Training.Patience);

    public bool TellsClasses => false;

    public IReadOnlyList<string> LowerIsBetter => [SegmentationFigures.ReconstructionError];

    public IReadOnlyList<string> OwnFigures => SegmentationFigures.Keys;

    public bool Shares => Pretraining.Training.Epochs > 0;

    public INetworkRecipe Sized(int height, int width) =>
        this with
        {
            Input = Input with { Height = height, Width = width },
        };

    public IClassifier Build(int classes, Device device) => Build(device);

    public string StartsFrom => Weights;

    IModel IRecipe.Untrained(int classes, Device device) => Model(device);

    internal SelfSupervisedModel Model(Device device) => new(this, Build(device));

    public ITrainingData Prepare(Preparation given) => SelfSupervisedData.Prepare(this, given);

    /// <summary>The recipe of the first stage.</summary>
    /// <param name="skips">Levels without skip connection; null: as the recipe says.</param>
    internal SelfSupervisedRecipe OnPretraining(IReadOnlyList<int>? skips = null) =>
        this with
        {
            Reconstructs = true,
            Training = Pretraining.Training,
            Network = Network with { WithoutSkip = skips ?? Network.WithoutSkip },
        };

    /// <summary>The recipe of the second stage where the first has left weights.</summary>
    internal SelfSupervisedRecipe AfterPretraining => this with { Weights = "" };

    private SelfSupervisedNetwork Build(Device device)
    {
        var network = Reconstructs
            ? new SelfSupervisedNetwork(Network, null, device)
            : new SelfSupervisedNetwork(
                Network with
                {
                    WithoutSkip = FineTunedWithoutSkip,
                },
                Loss,
                device,
                segmenter: Segmenter
            );
        if (Network.Encoder is { } encoder)
            FineTuning.Apply(network.Store.Root / "encoder", encoder);
        return network;
    }

    /// <summary>Reads the method's sections.</summary>
    /// <exception cref="RecipeException">A key that is unknown, or a value outside its range.</exception>
    public static SelfSupervisedRecipe Read(RecipeNode node)
    {
        var (input, network, before) = (node.Section("input"), node.Section("network"), node.Section("pretraining"));
        var pixels = InputOptions.Read(input, StandardInput);
        var shape = SegmentationShape.Read(network);
        // A network is taken for what it has learned: without a word about weights it starts from those of its name.
        var weights = network.Text(
            "weights",
            shape.Encoder?.Name ?? "",
            "A run of this method, or its folder pretraining, that the first stage begins with, or the second where there is no first; with an encoder also a file of its published weights, or a name such as resnet-18 whose file coverslip encoders shows, which is the encoder's by default; empty: random weights"
        );
        var recipe = new SelfSupervisedRecipe
        {
            Seed = node.Int(
                "seed",
                1,
                (0, int.MaxValue),
                "Seed of weights, order and augmentation, and of the split that the recipe draws; part k of a split adds k − 1"
            ),
            Foreground = node.Text(
                "foreground",
                "foreground",
                "What masks show: the class of the outlines that 'predict' writes"
            ),
            Input = pixels,
            Network = shape,
            Segmenter = network.Word(
                "kind",
                SegmenterKind.UNet,
                "What says of a pixel whether it is foreground: a U-Net; or, of trivial models to compare with, the pixel's own color, Otsu's threshold on its brightness, or nothing: all are foreground"
            ),
            FineTunedWithoutSkip = SegmentationShape.Levels(
                network.Ints(
                    "finetuned_without_skips",
                    shape.WithoutSkip,
                    (0, shape.Depth - 1),
                    "The same of fine-tuning, as without_skips by default; one that is put back begins with weights of zero"
                )
            ),
            Weights = weights,
            FineTuning = FineTuning.Read(network, shape.Encoder is null ? "" : weights),
            Pretraining = new PretrainingOptions
            {
                Training = ReadPretraining(before),
                CompareSkips = before.Flag(
                    "compare_skips",
                    false,
                    "Whether a network with all skip connections is pre-trained, too, and both are measured",
                    "Pasumarthi & Jaiswal, sec. III.3"
                ),
            },
            Loss = JointLossOptions.Read(node.Section("loss")),
            Training = TrainingOptions.Read(node.Section("training"), StandardTraining),
            Augmentation = AugmentationOptions.Read(node.Section("augmentation"), StandardAugmentation),
            Windows = WindowOptions.Read(node.Section("patches"), pixels.Width),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = new DecisionOptions
            {
                Positive = node.Section("decision")
                    .Text(
                        "positive",
                        "",
                        "Class of slides that is the one with tumor; empty: the second in alphabetical order"
                    ),
            },
        };
        if (
            recipe.Pretraining is { CompareSkips: true, Training.Epochs: 0 }
            || (recipe.Pretraining.CompareSkips && shape.WithoutSkip.Count == 0)
        )
            throw before.Wrong(
                "compare_skips",
                "true",
                "there is nothing to compare: pretraining.epochs is 0, or network.without_skips leaves none out"
            );
        if (
            recipe
            is { Segmenter: not SegmenterKind.UNet, Shares: true }
                or { Segmenter: not SegmenterKind.UNet, Weights.Length: > 0 }
        )
            throw network.Wrong(
                "kind",
                Words.Kebab($"{recipe.Segmenter}"),
                "a pixel alone reconstructs nothing and starts from no weights; set pretraining.epochs: 0 and leave network.encoder and network.weights out"
            );
        if (recipe.Pretraining.CompareSkips && shape.Encoder is not null)
            throw before.Wrong(
                "compare_skips",
                "true",
                $"levels are compared of the U-Net's own encoder, and network.encoder is {shape.Encoder.Name}; leave one out"
            );
        if (pixels.Form != InputForm.Raw)
            throw input.Wrong("form", Words.Kebab($"{pixels.Form}"), "masks are what is learned; expected is raw");
        if (pixels.Standardize)
            throw input.Wrong("standardize", "true", "reconstructions are of the image as it is; expected is false");
        if (pixels.Height != pixels.Width)
            throw input.Wrong("height", $"{pixels.Height}", $"windows are square; width is {pixels.Width}");
        if (pixels.Width < recipe.SmallestSide)
            throw input.Wrong(
                "width",
                $"{pixels.Width}",
                $"{(shape.Encoder is null ? $"a U-Net of depth {shape.Depth} halves it so often" : $"{shape.Encoder.Name} halves it five times")}; expected are at least {recipe.SmallestSide}"
            );
        return recipe;
    }

    /// <summary>As <see cref="TrainingOptions.Read"/>, but that no epoch at all is allowed.</summary>
    private static TrainingOptions ReadPretraining(RecipeNode node)
    {
        var standard = StandardTraining with { Epochs = 30 };
        var read = TrainingOptions.Read(node, standard, leastEpochs: 0);
        return read.BestBy == BestBy.Loss
            ? read
            : throw node.Wrong("best_by", Words.Kebab($"{read.BestBy}"), "a reconstruction has a loss only");
    }

    public ISlidePrediction OpenSlides(TrainedModel run, PredictionRequest asked) => new SlideSegments(run, asked);

    public string? BaseFolder => SelfSupervised.Pretraining.Folder;

    public IImageSegmentation OpenImages(TrainedModel run, PredictionRequest asked) => new SlideSegments(run, asked);
}
