using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

/// <summary>What a model learns from: one part of a split.</summary>
/// <param name="Set">Where the pixels are.</param>
/// <param name="Training">Training images.</param>
/// <param name="Validation">Validation images; may be empty.</param>
/// <param name="Seed">Of whatever is drawn at random.</param>
public sealed record FitTask(PatchSet Set, IReadOnlyList<Patch> Training, IReadOnlyList<Patch> Validation, long Seed);

/// <summary>Images to be predicted.</summary>
/// <param name="Set">Where the pixels are.</param>
/// <param name="Images">Which of them.</param>
/// <param name="Batch">Images at a time; null: as in training.</param>
/// <param name="Progress">Told how many images are done.</param>
public sealed record PredictionTask(
    PatchSet Set,
    IReadOnlyList<Patch> Images,
    int? Batch = null,
    Action<int>? Progress = null
);

/// <summary>
/// What a method makes of a recipe: it learns from one part of a split into a run folder, is stored as named tensors,
/// and says what images show.
/// </summary>
public interface IModel : IDisposable
{
    /// <summary>Numbers in the weights of a network; 0 where there is none.</summary>
    long Parameters { get; }

    /// <summary>
    /// Learns, or goes on where the folder stands; what was learned is left in <see cref="RunFolder.Best"/> and in this
    /// model.
    /// </summary>
    /// <exception cref="OperationCanceledException">Stopped; calling again on the same folder goes on.</exception>
    FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop);

    /// <summary>The same from any source of examples; networks only.</summary>
    /// <exception cref="NotSupportedException">The method describes image files alone.</exception>
    FitOutcome Fit(IExamples examples, RunFolder run, ITrainingProgress progress, CancellationToken stop) =>
        throw new NotSupportedException("this method learns from image files alone");

    /// <summary>
    /// Everything that predicting needs, by path; the tensors belong to the model or to the open scope.
    /// </summary>
    IEnumerable<(string Path, Tensor Value)> State();

    /// <summary>Takes over what <see cref="State"/> gave.</summary>
    void Load(IReadOnlyDictionary<string, Tensor> state);

    /// <summary>Takes the form that predicts fastest, after loading; nothing by default.</summary>
    void PrepareToPredict() { }

    /// <summary>Probabilities [images][classes].</summary>
    IReadOnlyList<double[]> Probabilities(PredictionTask task, CancellationToken stop = default);

    /// <summary>Whether <see cref="Maps"/> says where in an image a class is seen.</summary>
    bool HasMaps => false;

    /// <summary>Image by image, where its classes are seen.</summary>
    /// <exception cref="NotSupportedException">The method has no such maps.</exception>
    IEnumerable<ActivationMap> Maps(PredictionTask task, CancellationToken stop = default) =>
        throw new NotSupportedException("this run's method has no maps of where it sees its classes");

    /// <summary>Probabilities [windows][classes] of pictures in memory; networks only.</summary>
    /// <param name="windows">At the recipe's input size, unmasked.</param>
    /// <param name="orientations">Whether to average over the orientations that keep the size.</param>
    /// <exception cref="NotSupportedException">The method describes image files alone.</exception>
    IReadOnlyList<double[]> Probabilities(WindowBatch windows, bool orientations) =>
        throw new NotSupportedException("this run's method takes image files; slides need the run of a network");
}
