using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.Runs;

/// <summary>Which training images are like new ones to a model.</summary>
public static class NearestCases
{
    /// <summary>
    /// The training images that are nearest to each image, the nearest first, by what its first part's last layer gets of
    /// them; null where the run keeps no features of them, or the method gives none.
    /// </summary>
    /// <param name="model">The run, or those of its parts that judge the images.</param>
    /// <param name="patches">The images.</param>
    /// <param name="images">Which of them.</param>
    /// <param name="count">How many to each, at most.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="InvalidDataException">The features are damaged, or of another model.</exception>
    public static IReadOnlyList<IReadOnlyList<NearCase>>? Nearest(
        this TrainedModel model,
        PatchSet patches,
        IReadOnlyList<Patch> images,
        int count,
        CancellationToken stop = default
    )
    {
        if (WhyNone(model) is not null || images.Count == 0)
            return null;
        var set = patches.OfPart(model.Parts[0].Part);
        var described = ((IDescribesImages)model.Models[0]).Features(new PredictionTask(set, set.Same(images)), stop);
        if (described is null)
            return null;
        var cases = TrainingCases.Read(model.Features[0]);
        return [.. described.Select(image => cases.Nearest(image, count))];
    }

    /// <summary>Why a run names no training images; null where it does.</summary>
    public static string? WhyNone(TrainedModel model) =>
        model.Models[0] is not IDescribesImages ? "the run's method gives no features by which images could be compared"
        : model.Features.Count == 0
            ? "a packed model keeps no features of its training images, since they name patients; predict with the run's folder"
        : !File.Exists(model.Features[0])
            ? "the run was trained by an earlier version, which kept no features of its training images; train it again"
        : null;
}
