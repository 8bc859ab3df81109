using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Scripts;

namespace Coverslip.Learning.Models;

/// <summary>A network as a model: the training loop fits it.</summary>
public sealed class NetworkModel(INetworkRecipe recipe, IClassifier network)
    : IFitsImages,
        IPredictsImages,
        IDescribesImages,
        IShowsInside,
        IPredictsWindows,
        IRecordable,
        IQuantizable
{
    // Says the probabilities in the network's place; null: nobody.
    private IClassifier? replaced;

    public long Parameters => network.Store.ParameterCount;

    public FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        return Fit(Examples(task), run, progress, stop);
    }

    /// <summary>What the network learns from and is validated on.</summary>
    internal IExamples Examples(FitTask task)
    {
        var reader = new BatchReader(task.Set, recipe.Training.Batch, network.Store.Device);
        return new ImageExamples(reader, task.Training, task.Validation, recipe, task.Seed);
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
        return new Predictor(replaced ?? network, reader, recipe).Probabilities(task.Images, task.Progress, stop);
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
        new WindowPredictor(replaced ?? network, recipe).Probabilities(windows, orientations);

    /// <summary>Batches as in training, or of as many images as may be held at once.</summary>
    private BatchReader Reader(PredictionTask task)
    {
        var pixels = (long)recipe.Input.Width * recipe.Input.Height;
        return new(task.Set, task.Batch ?? BatchesBeside.Most(recipe.Training.Batch, pixels), network.Store.Device);
    }

    public ParameterStore Store => network.Store;

    public Tensor Probabilities(Tensor images) => new WindowPredictor(network, recipe).Probabilities(images);

    public OnnxRecording Recorded()
    {
        var input = recipe.Input;
        var reason =
            input.Form != InputForm.Raw ? "its network takes masks, too"
            : recipe.Views.Count > 1 ? $"its network sees each place at {recipe.Views.Count} resolutions"
            : null;
        if (reason is not null)
            throw new InvalidOperationException($"this run cannot be computed over eight bits: {reason}");
        network.Store.Training = false;
        using var scope = new TensorScope();
        var (mask, nothing) = (Tensor.Ones([1, 1, input.Height, input.Width]), Tensor.From<long>([0]));
        var images = OnnxFile.Example(input.Height, input.Width);
        return OnnxFile.Record([network.Store], x => network.Predict(new Batch(x, mask, nothing, null)), images);
    }

    public Tensor Said(Tensor images)
    {
        using var inference = new Inference();
        using var cast = recipe.Training.Precision.On(network.Store.Device);
        var mask = Tensor.Ones([images.Size(0), 1, images.Size(2), images.Size(3)]);
        return network.Predict(new Batch(images, mask, Tensor.From<long>([0]), null));
    }

    public void ComputeBy(Func<Tensor, Tensor> probabilities)
    {
        if (network.Store.Device != Device.Cpu)
            throw new InvalidOperationException(
                "numbers of eight bits are computed by the processor; leave --device out"
            );
        replaced = new ReplacedNetwork(network, probabilities);
    }

    public void Dispose() => network.Dispose();

    /// <summary>A network of which another program says the probabilities.</summary>
    private sealed class ReplacedNetwork(IClassifier own, Func<Tensor, Tensor> probabilities) : IClassifier
    {
        public ParameterStore Store => own.Store;

        public Outcome Judge(Batch batch) => own.Judge(batch);

        public Tensor Predict(Batch batch) => probabilities(batch.Image);

        public Tensor? Describe(Batch batch) => own.Describe(batch);

        public void Dispose() { } // the model has the network
    }
}
