using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

/// <summary>What every method's recipe has.</summary>
public interface IRecipe
{
    /// <summary>Seed of whatever a method draws at random.</summary>
    long Seed { get; }

    InputOptions Input { get; }

    SplitOptions Split { get; }

    DecisionOptions Decision { get; }

    /// <summary>
    /// What images may show, of a method for which an image shows several findings or none; null, the default: every image
    /// is of one of the cohort's classes.
    /// </summary>
    FindingOptions? Findings => null;

    /// <summary>Whether its models say of an image file of which class it is; by default where they do not say findings.</summary>
    bool TellsClasses => Findings is null;

    /// <summary>
    /// Whether images show a whole field whatever their pixels measure, so that one of another width is no other scale;
    /// false by default.
    /// </summary>
    bool AnyScale => false;

    /// <summary>Files and folders that training starts from; none by default.</summary>
    IReadOnlyList<string> Needs => [];

    /// <summary>Files that training reads beside the cohort's, relative to its folder; none by default.</summary>
    IReadOnlyList<string> CohortFiles => [];

    /// <summary>Keys of the figures that the method writes into <c>figures.json</c> of each part; none by default.</summary>
    IReadOnlyList<string> OwnFigures => [];

    /// <summary>Those of them that are better the lower they are; none by default.</summary>
    IReadOnlyList<string> LowerIsBetter => [];

    /// <summary>Whether runs may have stages in common that one of them trains; false by default.</summary>
    bool Shares => false;

    /// <summary>
    /// Why one process has to train it alone; null where several may share the steps of the training loop. By default a method
    /// that has no such loop.
    /// </summary>
    string? TrainsAlone => "its method learns without a training loop";

    /// <summary>Epochs of the training that is shown; 1 by default, for methods that have none.</summary>
    int Epochs => 1;

    /// <summary>What the training loop trains, the first stage first; nothing by default.</summary>
    IReadOnlyList<TrainingStage> Stages => [];

    /// <summary>
    /// All that a part's training goes through, in order, as it names its stages when it begins them; by default
    /// <see cref="Stages"/>, which need not be named.
    /// </summary>
    IReadOnlyList<StageLength> Lengths =>
        [
            .. Stages.Select(s => new StageLength(
                s.Section,
                s.Recipe.Training.Epochs,
                s.Recipe.Training.PatienceIn(s.Recipe.KnownEpoch)
            )),
        ];

    /// <summary>Why it cannot be trained on a cohort, by what its rows are; null, the default, where nothing speaks against it.</summary>
    string? UnfitFor(Cohort cohort) => null;

    /// <summary>Makes ready what the recipe trains on; by default the cohort's image files, with masks.</summary>
    /// <exception cref="InvalidDataException">A file that cannot be used; the message says which and why.</exception>
    ITrainingData Prepare(Preparation given) => ImageTrainingData.Prepare(this, given);

    /// <summary>A model that has learned nothing yet, on a device.</summary>
    IModel Untrained(int classes, Device device);
}

/// <summary>A stage of a training.</summary>
/// <param name="Section">The recipe's section that says how.</param>
/// <param name="Recipe">As the training loop takes it.</param>
public sealed record TrainingStage(string Section, INetworkRecipe Recipe);

/// <summary>How long a stage may go on.</summary>
/// <param name="Name">As <see cref="ITrainingProgress.Stage"/> is told it.</param>
/// <param name="Epochs">At most; 0 of a stage that has none.</param>
/// <param name="Patience">Epochs without a better one after which it ends; 0: it never ends early.</param>
public sealed record StageLength(string Name, int Epochs, int Patience)
{
    /// <summary>The fewest epochs that it can take: the first is the best, and no later one better.</summary>
    public int Fewest => Patience > 0 ? Math.Min(Epochs, Patience + 1) : Epochs;
}

/// <summary>The recipe of a network that the training loop trains.</summary>
public interface INetworkRecipe : IRecipe
{
    TrainingOptions Training { get; }

    AugmentationOptions Augmentation { get; }

    /// <summary>
    /// The least height and width, in pixels, that the network can be computed on; 1 where it does not matter.
    /// </summary>
    int SmallestSide => 1;

    /// <summary>
    /// At how many times the microns per pixel the network sees each place, the finest first; [1] by default.
    /// </summary>
    IReadOnlyList<double> Views => [1];

    /// <summary>
    /// Training examples that make an epoch of a part; by default its training rows, as often as the augmentation repeats
    /// them. Null where nobody knows before the slides are open.
    /// </summary>
    long? EpochExamples(Cohort cohort, SplitPart part) =>
        (long)part.Rows(cohort, SplitSide.Train).Count * Augmentation.Repeats;

    /// <summary>Training examples of an epoch where the recipe alone decides them; null, the default: the cohort does.</summary>
    long? KnownEpoch => null;

    /// <summary>What makes a training need less memory.</summary>
    string MemoryAdvice => "take a smaller input";

    /// <summary>The same recipe for another image size.</summary>
    INetworkRecipe Sized(int height, int width);

    /// <summary>A freshly initialized network on a device.</summary>
    IClassifier Build(int classes, Device device);

    /// <summary>File or run that training starts from, see <see cref="IStartsFromWeights"/>; empty by default.</summary>
    string StartsFrom => "";

    string? IRecipe.TrainsAlone => null;

    int IRecipe.Epochs => Training.Epochs;

    IReadOnlyList<TrainingStage> IRecipe.Stages => [new TrainingStage("training", this)];

    IModel IRecipe.Untrained(int classes, Device device) => new NetworkModel(this, Build(classes, device));
}
