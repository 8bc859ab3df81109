using Coverslip.Torch;

namespace Coverslip.Methods.Training;

/// <summary>What every method's recipe has.</summary>
public interface IRecipe
{
    /// <summary>Seed of weights, order and augmentation.</summary>
    long Seed { get; }

    InputOptions Input { get; }

    TrainingOptions Training { get; }

    AugmentationOptions Augmentation { get; }

    SplitOptions Split { get; }

    DecisionOptions Decision { get; }

    /// <summary>
    /// The least height and width, in pixels, that the network can be computed on; 1 where it does not matter.
    /// </summary>
    int SmallestSide => 1;

    /// <summary>Files and folders that training starts from; none by default.</summary>
    IReadOnlyList<string> Needs => [];

    /// <summary>The same recipe for another image size.</summary>
    IRecipe Sized(int height, int width);

    /// <summary>A freshly initialised network on a device.</summary>
    IClassifier Build(int classes, Device device);

    /// <summary>
    /// Gives a fresh network what its training starts from besides random numbers; nothing by default.
    /// </summary>
    void Begin(IClassifier model) { }
}
