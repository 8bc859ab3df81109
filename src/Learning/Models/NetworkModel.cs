using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Learning.Models;

/// <summary>A network as a model: the training loop fits it.</summary>
public sealed class NetworkModel(INetworkRecipe recipe, IClassifier network)
    : IFitsImages,
        IPredictsImages,
        IDescribesImages,
        IShowsInside,
        IPredictsWindows,
        IRecordable
{
    public long Parameters => network.Store.ParameterCount;

    public FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        var reader = new BatchReader(task.Set, recipe.Training.Batch, network.Store.Device);
        return Fit(new ImageExamples(reader, task.Training, task.Validation, recipe, task.Seed), run, progress, stop);
    }

    /// <summary>The same from any source of examples.</summary>
    /// <inheritdoc cref="IFitsImages.Fit"/>
    public FitOutcome Fit(IExamples examples, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        recipe.Begin(network);
        var rule = new ClassifierTraining(recipe, network, examples);
        return new TrainingLoop<RawBatch>(rule, recipe.Training, run, progress).Run(stop);
    }

    public IEnumerable<(string Path, Tensor Value)> State() => network.Store.All.Select(p => (p.Path, p.Value));

    public void Load(IReadOnlyDictionary<string, Tensor> state) => network.Store.Load(state);

    public void PrepareToPredict() => network.PrepareToPredict(recipe.Training.Precision.Type());

    public IReadOnlyList<double[]> Probabilities(PredictionTask task, CancellationToken stop = default)
    {
        var reader = Reader(task);
        return new Predictor(network, reader, recipe).Probabilities(task.Images, task.Progress, stop);
    }

    public IReadOnlyList<float[]>? Features(PredictionTask task, CancellationToken stop = default)
    {
        var reader = Reader(task);
        return new Predictor(network, reader, recipe).Features(task.Images, stop);
    }

    public bool Reconstructs => network is ILookedInto { Reconstructs: true };

    public IEnumerable<InnerView>? Inside(
        PredictionTask task,
        Func<Patch, bool> pictured,
        CancellationToken stop = default
    )
    {
        var reader = Reader(task);
        return network is ILookedInto shown
            ? new Predictor(network, reader, recipe).Inside(shown, task.Images, pictured, stop)
            : null;
    }

    public IReadOnlyList<double[]> Probabilities(WindowBatch windows, bool orientations) =>
        new WindowPredictor(network, recipe).Probabilities(windows, orientations);

    /// <summary>Batches as in training, or of as many images as may be held at once.</summary>
    private BatchReader Reader(PredictionTask task)
    {
        var pixels = (long)recipe.Input.Width * recipe.Input.Height;
        return new(task.Set, task.Batch ?? BatchesBeside.Most(recipe.Training.Batch, pixels), network.Store.Device);
    }

    public ParameterStore Store => network.Store;

    public Tensor Probabilities(Tensor images) => new WindowPredictor(network, recipe).Probabilities(images);

    public void Dispose() => network.Dispose();
}
