using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Scripts;

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
/// What a method makes of a recipe: stored as named tensors. What it can beyond that it says by further interfaces, see
/// <see cref="Ability"/>.
/// </summary>
public interface IModel : IDisposable
{
    /// <summary>Numbers in the weights of a network; 0 where there is none.</summary>
    long Parameters { get; }

    /// <summary>What it is used on, in words for who gave it something else.</summary>
    string Takes => "image files";

    /// <summary>
    /// Everything that predicting needs, by path; the tensors belong to the model or to the open scope.
    /// </summary>
    IEnumerable<(string Path, Tensor Value)> State();

    /// <summary>Takes over what <see cref="State"/> gave.</summary>
    void Load(IReadOnlyDictionary<string, Tensor> state);

    /// <summary>Takes the form that predicts fastest, after loading; nothing by default.</summary>
    void PrepareToPredict() { }
}

/// <summary>A model that learns from image files.</summary>
public interface IFitsImages : IModel
{
    /// <summary>
    /// Learns, or goes on where the folder stands; what was learned is left in <see cref="RunFolder.Best"/> and in this
    /// model.
    /// </summary>
    /// <exception cref="OperationCanceledException">Stopped; calling again on the same folder goes on.</exception>
    FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop);
}

/// <summary>A model that says what image files show.</summary>
public interface IPredictsImages : IModel
{
    /// <summary>Probabilities [images][classes].</summary>
    IReadOnlyList<double[]> Probabilities(PredictionTask task, CancellationToken stop = default);
}

/// <summary>A model that says what pictures in memory show, such as windows of slides.</summary>
public interface IPredictsWindows : IModel
{
    /// <summary>Probabilities [windows][classes].</summary>
    /// <param name="windows">At the recipe's input size, unmasked.</param>
    /// <param name="orientations">Whether to average over the orientations that keep the size.</param>
    IReadOnlyList<double[]> Probabilities(WindowBatch windows, bool orientations);
}

/// <summary>A model that is one network over an image's pixels, so that it can be recorded for other programs.</summary>
public interface IRecordable : IModel
{
    /// <summary>The network's state.</summary>
    ParameterStore Store { get; }

    /// <summary>
    /// Probabilities [B, classes] of images [B, 3, H, W] in [0, 1], of the recipe's size and unmasked, as predicting files
    /// gives them: standardized, and averaged over orientations, where the recipe says so. B is any number.
    /// </summary>
    Tensor Probabilities(Tensor images);
}

/// <summary>A model whose network another program can compute, such as one over numbers of eight bits.</summary>
public interface IQuantizable : IModel
{
    /// <summary>
    /// The network as it says the probabilities [B, classes] of a batch's images [B, 3, H, W], see <see cref="Batch.Image"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">It takes more than these; the message says what.</exception>
    /// <exception cref="NotSupportedException">An operator of it has no form in ONNX; its name is the message.</exception>
    OnnxRecording Recorded();

    /// <summary>Probabilities of a batch's images by the network itself, in the form and precision in which it predicts.</summary>
    Tensor Said(Tensor images);

    /// <summary>From now on probabilities are what another program says of a batch's images.</summary>
    /// <exception cref="InvalidOperationException">The network is on a GPU.</exception>
    void ComputeBy(Func<Tensor, Tensor> probabilities);
}

/// <summary>A model that describes images by numbers, so that it can be told which are alike to it.</summary>
public interface IDescribesImages : IModel
{
    /// <summary>Features [images][features], as the last layer gets them; null of a network that gives none.</summary>
    IReadOnlyList<float[]>? Features(PredictionTask task, CancellationToken stop = default);
}

/// <summary>A model that says itself which classes stand in an image's set.</summary>
public interface ICallsSets : IModel
{
    /// <summary>What sets promise, crossed; null where the recipe asks for none, or the model cannot tell.</summary>
    ConformalThreshold? Promise { get; }

    /// <summary>Of each image, of patients it did not learn from, the classes by place.</summary>
    IReadOnlyList<bool[]> Sets(PredictionTask task, CancellationToken stop = default);
}

/// <summary>A model that says where in an image it sees its classes.</summary>
public interface IMapsFindings : IModel
{
    /// <summary>Image by image, where its classes are seen.</summary>
    IEnumerable<ActivationMap> Maps(PredictionTask task, CancellationToken stop = default);
}
