using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Curriculum;

/// <summary>A finding classifier that learns as <see cref="CurriculumFit"/> says, and says where it sees findings.</summary>
internal sealed class CurriculumModel(CurriculumRecipe recipe, CurriculumClassifier network)
    : IFitsImages,
        IPredictsImages,
        IDescribesImages,
        IMapsFindings,
        IRecordable
{
    private readonly NetworkModel whole = new(recipe, network);

    public long Parameters => whole.Parameters;

    public FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop) =>
        // Order and changes of images are drawn anew in each part, too.
        new CurriculumFit(recipe with { Seed = task.Seed }, network, task).Run(run, progress, stop);

    public IEnumerable<(string Path, Tensor Value)> State() => whole.State();

    public ParameterStore Store => whole.Store;

    public Tensor Probabilities(Tensor images) => whole.Probabilities(images);

    public void Load(IReadOnlyDictionary<string, Tensor> state) => whole.Load(state);

    public void PrepareToPredict() => whole.PrepareToPredict();

    public IReadOnlyList<double[]> Probabilities(PredictionTask task, CancellationToken stop = default) =>
        whole.Probabilities(task, stop);

    public IReadOnlyList<float[]>? Features(PredictionTask task, CancellationToken stop = default) =>
        whole.Features(task, stop);

    public IEnumerable<ActivationMap> Maps(PredictionTask task, CancellationToken stop = default)
    {
        var reader = new BatchReader(task.Set, task.Batch ?? recipe.Training.Batch, network.Store.Device);
        network.Store.Training = false;
        foreach (var raw in reader.Plain(task.Images))
        {
            stop.ThrowIfCancellationRequested();
            foreach (var map in MapsOf(reader, raw))
                yield return map;
        }
    }

    /// <summary>Apart from the iterator, which cannot hold a scope open between images.</summary>
    private ActivationMap[] MapsOf(BatchReader reader, RawBatch raw)
    {
        using var inference = new Inference();
        using var scope = new TensorScope();
        using var cast = recipe.Training.Precision.On(network.Store.Device);
        var maps = network.Activations(reader.ToTensors(raw)).To(DType.Float32); // [B, findings, h, w]
        var (findings, height, width) = ((int)maps.Size(1), (int)maps.Size(2), (int)maps.Size(3));
        var values = maps.Contiguous().ToArray<float>().Chunk(height * width).ToArray();
        return
        [
            .. raw.Patches.Select(
                (patch, i) => new ActivationMap(patch, height, width, values[(i * findings)..((i + 1) * findings)])
            ),
        ];
    }

    public void Dispose() => network.Dispose();
}
