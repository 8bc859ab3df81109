using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Methods.Curriculum;

/// <summary>
/// A finding classifier that learns patches first and whole images then, each by the training loop, in the run folder's
/// <c>patches/</c> and in the run folder itself.
/// </summary>
internal sealed class CurriculumModel(CurriculumRecipe recipe, CurriculumClassifier network)
    : IFitsImages,
        IPredictsImages,
        IDescribesImages,
        IMapsFindings,
        IRecordable
{
    private readonly NetworkModel whole = new(recipe, network);

    public long Parameters => whole.Parameters;

    public FitOutcome Fit(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        if (!recipe.Patches.Used)
            return Alone(task, run, progress, stop);
        return recipe.Patches.First ? OneAfterTheOther(task, run, progress, stop) : Spread(task, run, progress, stop);
    }

    private FitOutcome Alone(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        if (recipe.SameTimeAs.Length == 0)
            return whole.Fit(task, run, progress, stop);
        var epochs = SameTime.Epochs(recipe.SameTimeAs, run.Path, network.Store.Device);
        progress.Stage(recipe.LastStage, epochs);
        var timed = recipe with { Training = recipe.Training with { Epochs = epochs } };
        return new NetworkModel(timed, network).Fit(task, run, progress, stop);
    }

    private FitOutcome OneAfterTheOther(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        var folder = Path.Combine(run.Path, LesionPatches.Folder);
        var patches = LesionPatches.Of(recipe, task, folder);
        if (LesionPatches.LungNote(folder) is { } note)
            progress.Chosen(note);
        progress.Stage("patches", recipe.Patches.Training.Epochs);
        var first = new NetworkModel(recipe.OnPatches(), network).Fit(patches, new RunFolder(folder), progress, stop);
        progress.Stage(recipe.LastStage, recipe.Training.Epochs);
        // The second step begins with the first one's best weights; only the first begins with those of the recipe.
        var further = recipe with
        {
            Network = recipe.Network with { Weights = "" },
        };
        var second = new NetworkModel(further, network).Fit(task, run, progress, stop);
        return second with
        {
            Seconds = first.Seconds + second.Seconds,
            Steps = first.Steps + second.Steps,
            EarlierProcessorSeconds = first.EarlierProcessorSeconds + second.EarlierProcessorSeconds,
        };
    }

    /// <summary>The steps that patches would have first, spread among those of whole images.</summary>
    private FitOutcome Spread(FitTask task, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        recipe.Begin(network);
        var steps = Steps(task.Training.Count, recipe);
        var further = recipe.Patches.Order == PatchOrder.Mixed ? OnPatches(task, run) : OnWhole(task, steps);
        progress.Stage(recipe.LastStage, recipe.Training.Epochs);
        var rule = new SpreadTraining(Training(task, recipe), steps, further, recipe);
        return new TrainingLoop<SourcedBatch>(rule, recipe.Training, run, progress).Run(stop);
    }

    private FurtherSteps OnPatches(FitTask task, RunFolder run)
    {
        var own = recipe.OnPatches();
        var patches = LesionPatches.Of(recipe, task, Path.Combine(run.Path, LesionPatches.Folder));
        var steps = Steps(patches.Training.Count, own);
        return new FurtherSteps(Training(patches, own), steps, (long)steps * own.Training.Epochs);
    }

    private FurtherSteps OnWhole(FitTask task, int steps)
    {
        var own = recipe.OnPatches();
        var all = (long)Steps(LesionPatches.CountOf(recipe, task), own) * own.Training.Epochs;
        // In other orders and with other changes than in the steps of their own.
        return new FurtherSteps(Training(task, recipe with { Seed = recipe.Seed + 1_000_003 }), steps, all);
    }

    private static int Steps(int images, CurriculumRecipe of) =>
        BatchReader.Steps((long)images * of.Augmentation.Repeats, of.Training.Batch);

    private ClassifierTraining Training(FitTask task, CurriculumRecipe of) =>
        new(
            of,
            network,
            new ImageExamples(
                new BatchReader(task.Set, of.Training.Batch, network.Store.Device),
                task.Training,
                task.Validation,
                of
            )
        );

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
        var type = recipe.Training.Precision == Precision.Bfloat16 ? DType.BFloat16 : DType.Float32;
        using var cast = new Autocast(network.Store.Device, type);
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
