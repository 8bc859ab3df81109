using System.Diagnostics;
using System.Globalization;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Learning.Loop;

/// <summary>What a loop works on.</summary>
/// <param name="Recipe">The run's recipe.</param>
/// <param name="Model">The network with its loss.</param>
/// <param name="Examples">Where batches come from; without validation examples nothing stops early and the last model
/// is kept.</param>
public sealed record TrainingTask(INetworkRecipe Recipe, IClassifier Model, IExamples Examples);

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
            var batches = task.Examples.Steps;
            var mean = new MeanLoss();
            var number = 0;
            var pace = new Pace();
            model.Store.Training = true;
            foreach (var raw in pace.Timed(task.Examples.Epoch(epoch)))
            {
                stop.ThrowIfCancellationRequested();
                using var scope = new TensorScope();
                optimizer.Rate = RateAt(epoch + (double)number / batches);
                mean.Add(Step(Tensors(raw, weights), optimizer), raw.Labels.Count);
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
            state = run.Finish(row with { Pace = pace }, state, options.BestBy, model.Store, optimizer);
            progress.Epoch(row with { Pace = pace }, state);
            clock.Restart();
        }
    }

    private Batch Tensors(RawBatch raw, IReadOnlyList<double>? weights = null) =>
        raw.ToTensors(task.Recipe.Input, task.Recipe.Views.Count, device, weights);

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
        if (task.Examples.ValidationLabels.Count == 0)
            return null;
        task.Model.Store.Training = false;
        using var inference = new Inference();
        var mean = new MeanLoss();
        var probabilities = new List<double[]>();
        foreach (var raw in task.Examples.Validation())
        {
            using var scope = new TensorScope();
            using var cast = Cast();
            var outcome = task.Model.Judge(Tensors(raw));
            mean.Add(Finite(LossParts.Of(outcome), rate), raw.Labels.Count);
            if (outcome.Probabilities.Size(1) > 0)
                probabilities.AddRange(Predictor.Rows(outcome.Probabilities));
        }
        // What only reconstructs has a loss, and no class to be right about.
        if (probabilities.Count == 0)
            return new Judged(mean.Value, double.NaN, double.NaN);
        return task.Examples.ValidationFindings is { } shown
            ? Judged.OfFindings(mean, shown, probabilities)
            : Judged.Of(mean, task.Examples.ValidationLabels, probabilities);
    }

    /// <summary>Epochs between the schedule's factors.</summary>
    private double Every =>
        options.EveryExamples > 0 ? (double)options.EveryExamples / task.Examples.PerEpoch : options.Every;

    private double RateAt(double epochs) =>
        options.Schedule switch
        {
            RateSchedule.Exponential => Schedules.Exponential(
                options.Rate,
                options.Factor,
                (options.PerStep ? epochs : Math.Floor(epochs)) / Every
            ),
            RateSchedule.Step => Schedules.Step(options.Rate, options.Factor, Every, epochs),
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
                new RmsPropOptions
                {
                    Momentum = options.Momentum,
                    WeightDecay = options.WeightDecay,
                    Decay = options.SquareDecay,
                    Epsilon = options.Epsilon,
                    TensorFlow = options.RmsForm == RmsForm.TensorFlow,
                }
            ),
        };
    }

    private static double PositiveWeight(double share) =>
        share == 0 ? 1 : Math.Min((1 - share) / share, TrainingOptions.MostPositiveWeight);

    private double[]? ClassWeightsOf()
    {
        if (options.ClassWeights == ClassWeights.None)
            return null;
        if (task.Examples.FindingShares is { } shown)
            return [.. shown.Select(PositiveWeight)];
        var shares = task.Examples.ClassShares;
        var (all, present) = (shares.Sum(), shares.Count(s => s > 0));
        return [.. shares.Select(share => share > 0 ? all / (present * share) : 0)];
    }
}
