using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Methods.Curriculum;

/// <summary>
/// Several findings in a radiograph, learned on patches of lesions first and on whole images then (Park et al. 2019,
/// "A curriculum learning strategy to enhance the accuracy of classification of various lesions in chest-PA X-ray
/// screening for pulmonary abnormalities", Sci Rep 9).
/// </summary>
internal sealed record CurriculumRecipe : INetworkRecipe, IBackboneRecipe
{
    private static readonly InputOptions StandardInput = new()
    {
        Form = InputForm.Raw,
        Height = 1024,
        Width = 1024,
        Interpolation = Interpolation.Linear,
        Gray = true,
    };

    private static readonly AugmentationOptions StandardAugmentation = new() { Orientations = false };

    private static readonly TrainingOptions StandardTraining = new()
    {
        Epochs = 50,
        Batch = 8,
        Rate = 1e-4,
        Schedule = RateSchedule.Constant,
        Patience = 10,
    };

    public long Seed { get; init; } = 1;

    public required FindingOptions Findings { get; init; }

    public InputOptions Input { get; init; } = StandardInput;

    /// <summary>mean (default), mean-deviation or none.</summary>
    public SampleStandardization Standardization { get; init; } = SampleStandardization.Mean;

    /// <summary>The first step.</summary>
    public LesionPatchOptions Patches { get; init; } = new();

    /// <summary>The second step, on whole images.</summary>
    public TrainingOptions Training { get; init; } = StandardTraining;

    public AugmentationOptions Augmentation { get; init; } = StandardAugmentation;

    public SplitOptions Split { get; init; } = new();

    public DecisionOptions Decision { get; init; } = new();

    /// <summary>A curriculum's run folder, whose time whole images alone take; empty, the default: the epochs count.</summary>
    public string SameTimeAs { get; init; } = "";

    public required BackboneNetworkOptions Network { get; init; }

    public bool AnyScale => true;

    public int SmallestSide => Network.SmallestSide;

    public IReadOnlyList<string> CohortFiles => Patches.Used ? [Patches.Boxes] : [];

    public IReadOnlyList<string> OwnFigures => FindingRunFigures.Keys(Findings.Names);

    public IReadOnlyList<string> Needs => Network.Weights.Length > 0 ? [Network.Weights] : [];

    public INetworkRecipe Sized(int height, int width) =>
        this with
        {
            Input = Input with { Height = height, Width = width },
        };

    public IClassifier Build(int classes, Device device) => new CurriculumClassifier(this, classes, device);

    public string StartsFrom => Network.Weights;

    IModel IRecipe.Untrained(int classes, Device device) =>
        new CurriculumModel(this, new CurriculumClassifier(this, classes, device));

    FindingOptions? IRecipe.Findings => Findings;

    /// <summary>Whether this is the recipe of the first step.</summary>
    internal bool IsOnPatches { get; private init; }

    public long? EpochExamples(Cohort cohort, SplitPart part)
    {
        var rows = part.Rows(cohort, SplitSide.Train);
        if (!IsOnPatches)
            return rows.Count;
        var images = rows.Select(r => r.Image).ToHashSet(StringComparer.Ordinal);
        var lesions = LesionPatches.ReadBoxes(this, cohort).Count(b => images.Contains(b.Image));
        return (long)(lesions * Patches.PerLesion / (1 - Patches.Healthy));
    }

    public IReadOnlyList<TrainingStage> Stages =>
        IsOnPatches || !Patches.Used || Patches.Order == PatchOrder.None
            ? [new TrainingStage("training", this)]
            : [new TrainingStage("patches", OnPatches()), new TrainingStage("training", this)];

    public IReadOnlyList<StageLength> Lengths =>
        [
            .. Patches.First
                ? [new StageLength("patches", Patches.Training.Epochs, Patches.Training.Patience)]
                : Array.Empty<StageLength>(),
            new StageLength(LastStage, Training.Epochs, Training.PatienceIn(null)),
        ];

    /// <summary>What the stage is called whose epochs are judged on whole images.</summary>
    internal string LastStage =>
        Patches is { Used: true, Order: PatchOrder.Mixed } ? "patches and whole images" : "whole images";

    /// <summary>The recipe of the first step, as the training loop takes it.</summary>
    internal CurriculumRecipe OnPatches() =>
        this with
        {
            IsOnPatches = true,
            Input = Input with { Height = Patches.Side, Width = Patches.Side },
            Training = Patches.Training,
        };

    /// <summary>Reads the method's sections.</summary>
    public static CurriculumRecipe Read(RecipeNode node)
    {
        var (input, network) = (node.Section("input"), node.Section("network"));
        var (patches, training) = (
            node.Section("patches"),
            TrainingOptions.Read(node.Section("training"), StandardTraining)
        );
        var recipe = new CurriculumRecipe
        {
            Seed = node.Int(
                "seed",
                1,
                (0, int.MaxValue),
                "Seed of weights, order and augmentation, and of the split that the recipe draws; part k of a split adds k − 1"
            ),
            Findings = FindingOptions.Read(node),
            Standardization = node.Word(
                "standardize",
                SampleStandardization.Mean,
                "Each image minus its mean gray (mean), also over its deviation (mean-deviation), or as it is (none)",
                "Park et al. 2019"
            ),
            Input = InputOptions.Read(input, StandardInput),
            Patches = LesionPatchOptions.Read(patches, training),
            Training = training,
            Augmentation = AugmentationOptions.Read(node.Section("augmentation"), StandardAugmentation),
            Split = SplitOptions.Read(node.Section("split")),
            Decision = DecisionOptions.Read(node.Section("decision")),
            Network = BackboneNetworkOptions.Read(network),
            SameTimeAs = node.Text(
                "same_time_as",
                "",
                "Run folder of a curriculum: whole images alone are trained for as many epochs as take its time, at its pace on whole images; empty: training.epochs"
            ),
        };
        if (recipe.SameTimeAs.Length > 0 && recipe.Patches.Used)
            throw node.Wrong(
                "same_time_as",
                recipe.SameTimeAs,
                "it is for whole images alone; set patches.epochs: 0, or leave it out"
            );
        if (recipe.Input.Form != InputForm.Raw)
            throw input.Wrong(
                "form",
                Words.Kebab($"{recipe.Input.Form}"),
                "radiographs have no masks; expected is raw"
            );
        if (recipe.Input.Standardize)
            throw input.Wrong(
                "standardize",
                "true",
                "the key 'standardize' of this method says how; leave this one out"
            );
        if (recipe.Network.Auxiliary)
            throw network.Wrong(
                "auxiliary",
                "true",
                "auxiliary classifiers are of one class to an image; expected is false"
            );
        var (name, least) = (recipe.Network.Kind.Name, recipe.SmallestSide);
        foreach (var (key, side) in new[] { ("height", recipe.Input.Height), ("width", recipe.Input.Width) })
            if (side < least)
                throw input.Wrong(key, $"{side}", $"{name} needs at least {least} pixels");
        if (recipe.Patches.Used && recipe.Patches.Side < least)
            throw patches.Wrong("side", $"{recipe.Patches.Side}", $"{name} needs at least {least} pixels");
        var shorter = Math.Min(recipe.Input.Height, recipe.Input.Width);
        if (recipe.Patches.Used && recipe.Patches.Side / recipe.Patches.Scale > shorter)
            throw patches.Wrong(
                "side",
                $"{recipe.Patches.Side}",
                FormattableString.Invariant(
                    $"at scale {recipe.Patches.Scale} a patch is larger than the image of {shorter} pixels"
                )
            );
        return recipe;
    }
}
