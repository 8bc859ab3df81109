using System.Diagnostics;
using System.Globalization;
using Coverslip.Torch;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Methods.Training;

/// <summary>What a loop works on.</summary>
/// <param name="Recipe">The run's recipe.</param>
/// <param name="Model">The network with its loss.</param>
/// <param name="Reader">Where batches come from.</param>
/// <param name="Training">Training images.</param>
/// <param name="Validation">Validation images; may be empty, then nothing stops early and the last model is
/// kept.</param>
public sealed record TrainingTask(
    INetworkRecipe Recipe,
    IClassifier Model,
    BatchReader Reader,
    IReadOnlyList<Patch> Training,
    IReadOnlyList<Patch> Validation
);

/// <summary>Trains a classifier epoch by epoch into a run folder, from wherever the folder's state stands.</summary>
public sealed class TrainingLoop(TrainingTask task, RunFolder run, ITrainingProgress progress)
{
    private readonly TrainingOptions options = task.Recipe.Training;
    private readonly Device device = task.Model.Store.Device;

    /// <summary>Trains until the epochs are done or patience ends; the best model is left in the run folder.</summary>
    /// <exception cref="OperationCanceledException">Stopped; what the last whole epoch left stays, and
    /// resumes.</exception>
    public void Run(CancellationToken stop = default)
    {
        var model = task.Model;
        using var initial = new WeightMovement(model.Store);
        using var optimizer = Optimizer();
        var state = run.Restore(model.Store, optimizer);
        var weights = ClassWeightsOf();
        var clock = Stopwatch.StartNew();
        for (var epoch = state.Epoch; epoch < options.Epochs && !state.Exhausted(options.Patience); epoch++)
        {
            var batches = (task.Training.Count + options.Batch - 1) / options.Batch;
            var mean = new MeanLoss();
            var number = 0;
            model.Store.Training = true;
            foreach (var raw in task.Reader.Training(task.Training, task.Recipe.Augmentation, task.Recipe.Seed, epoch))
            {
                stop.ThrowIfCancellationRequested();
                using var scope = new TensorScope();
                optimizer.Rate = RateAt(epoch + (double)number / batches);
                mean.Add(Step(task.Reader.ToTensors(raw, weights), optimizer), raw.Patches.Count);
                progress.Step(epoch, ++number, batches, mean);
            }
            var judged = Validate(optimizer.Rate);
            var row = new EpochRow(
                epoch,
                state.Seconds + clock.Elapsed.TotalSeconds,
                optimizer.Rate,
                mean,
                judged,
                initial.Moved(model.Store)
            );
            state = run.Finish(row, state, options.BestBy, model.Store, optimizer);
            progress.Epoch(row, state);
            clock.Restart();
        }
    }

    private LossParts Step(Batch batch, Optimizer optimizer)
    {
        var store = task.Model.Store;
        store.ClearGradients();
        Outcome outcome;
        // What only the forward pass needed goes before the backward pass, which then frees each activation once it is
        // used.
        using (var forward = new TensorScope())
        using (Cast())
            outcome = task.Model.Judge(batch).KeptBy(forward);
        outcome.Total.Backward();
        if (options.ClipGradient > 0)
            Gradients.Clip(store, options.ClipGradient);
        optimizer.Step();
        return Finite(LossParts.Of(outcome), optimizer.Rate);
    }

    private Autocast Cast() => new(device, options.Precision == Precision.Bfloat16 ? DType.BFloat16 : DType.Float32);

    private static LossParts Finite(LossParts losses, double rate) =>
        double.IsFinite(losses.Total)
            ? losses
            : throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the loss became {losses.Total} at rate {rate:g3}; lower training.rate or set training.clip_gradient"
                )
            );

    /// <summary>Loss and figures on the validation images; null where there are none.</summary>
    private Judged? Validate(double rate)
    {
        if (task.Validation.Count == 0)
            return null;
        task.Model.Store.Training = false;
        using var inference = new Inference();
        var mean = new MeanLoss();
        var probabilities = new List<double[]>();
        foreach (var raw in task.Reader.Plain(task.Validation))
        {
            using var scope = new TensorScope();
            using var cast = Cast();
            var outcome = task.Model.Judge(task.Reader.ToTensors(raw));
            mean.Add(Finite(LossParts.Of(outcome), rate), raw.Patches.Count);
            probabilities.AddRange(Predictor.Rows(outcome.Probabilities));
        }
        return Judged.Of(mean, task.Validation, probabilities);
    }

    private double RateAt(double epochs) =>
        options.Schedule switch
        {
            RateSchedule.Exponential => Schedules.Exponential(
                options.Rate,
                options.Factor,
                (options.PerStep ? epochs : Math.Floor(epochs)) / options.Every
            ),
            RateSchedule.Step => Schedules.Step(options.Rate, options.Factor, options.Every, epochs),
            RateSchedule.OneCycle => Schedules.OneCycle(options.Rate, epochs / options.Epochs),
            _ => options.Rate,
        };

    private Optimizer Optimizer()
    {
        var store = task.Model.Store;
        return options.Optimizer switch
        {
            OptimizerKind.Adam => new Adam(store, options.Rate, new AdamOptions { WeightDecay = options.WeightDecay }),
            OptimizerKind.AdamW => new Adam(
                store,
                options.Rate,
                new AdamOptions { WeightDecay = options.WeightDecay, Decoupled = true }
            ),
            OptimizerKind.Sgd => new Sgd(
                store,
                options.Rate,
                new SgdOptions { Momentum = options.Momentum, WeightDecay = options.WeightDecay }
            ),
            _ => new RmsProp(
                store,
                options.Rate,
                new RmsPropOptions { Momentum = options.Momentum, WeightDecay = options.WeightDecay }
            ),
        };
    }

    private double PositiveWeight(int images) =>
        images == 0 ? 1 : Math.Min((double)(task.Training.Count - images) / images, TrainingOptions.MostPositiveWeight);

    private double[]? ClassWeightsOf()
    {
        if (options.ClassWeights == ClassWeights.None)
            return null;
        if (task.Training[0].Findings is { } findings)
            return [.. findings.Select((_, f) => PositiveWeight(task.Training.Count(p => p.Findings![f])))];
        var counts = task.Training.CountBy(p => p.Label).ToDictionary();
        return
        [
            .. Enumerable
                .Range(0, counts.Keys.Max() + 1)
                .Select(c => counts.TryGetValue(c, out var n) ? (double)task.Training.Count / (counts.Count * n) : 0),
        ];
    }
}
