using System.Diagnostics;
using System.Globalization;
using Coverslip.Learning.Processes;
using Coverslip.Torch;

namespace Coverslip.Learning.Loop;

/// <summary>
/// Trains what a rule says, epoch by epoch, into a run folder, from wherever the folder's state stands. Without validation
/// examples nothing stops early and the last epoch is kept. With other ranks (<see cref="Ranks.Now"/>) all compute the steps
/// together; the leader alone validates and writes.
/// </summary>
/// <param name="rule">Models, examples, gradients.</param>
/// <param name="options">Epochs, optimizer, rates, patience.</param>
/// <param name="run">Where state, figures and the best epoch go.</param>
/// <param name="progress">Told how it goes.</param>
public sealed class TrainingLoop<TBatch>(
    ITrainingRule<TBatch> rule,
    TrainingOptions options,
    RunFolder run,
    ITrainingProgress progress
)
{
    private readonly Ranks ranks = Ranks.Now;

    /// <summary>Trains until the epochs are done or patience ends; the best epoch is left in the folder and in the models.</summary>
    /// <exception cref="InvalidOperationException">The loss is no finite number, or ranks see other files.</exception>
    /// <exception cref="OperationCanceledException">Stopped; what the last whole epoch left stays, and
    /// resumes.</exception>
    public FitOutcome Run(CancellationToken stop = default)
    {
        using var models = new ModelsInTraining(rule.Stores, options);
        var schedule = new LearningRate(options, rule.PerEpoch);
        var patience = options.PatienceIn(rule.PerEpoch);
        var state = Agreed(run.Restore(models));
        models.Join(rule.OneBackward, options.SyncBatchNorm);
        var earlier = state.Processor;
        var used = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        for (var epoch = state.Epoch; epoch < options.Epochs && !state.Exhausted(patience); epoch++)
        {
            var (steps, number, mean, pace) = (rule.Steps, 0, new MeanLoss(), new Pace());
            models.Training = true;
            ranks.DrawApart();
            foreach (var batch in pace.Timed(rule.Epoch(epoch)))
            {
                // Of several ranks none leaves the others in the middle of a step.
                if (!ranks.AreSeveral)
                    stop.ThrowIfCancellationRequested();
                using var scope = new TensorScope();
                models.SetRates(rate => schedule.At(rate, epoch + (double)number / steps));
                mean.Add(Step(batch, models, stop));
                progress.Step(epoch, ++number, steps, mean);
            }
            if (!ranks.Lead)
            {
                state = state.Told(ranks);
                continue;
            }
            var judged = Judge(models, stop);
            var seconds = state.Seconds + clock.Elapsed.TotalSeconds;
            var row = new EpochRow(epoch, seconds, models.Rate, mean, judged, models.Moved)
            {
                Pace = pace,
                Further = [.. models.MovedByName, .. rule.Figures, .. Precision(judged)],
                Processor = (Environment.CpuUsage.TotalTime - used).TotalSeconds,
            };
            // Without validation images the newest model counts as the best.
            state = run.Finish(row, state, judged is null ? epoch : rule.Figure(judged, options.BestBy), models)
                .Told(ranks);
            progress.Epoch(row, state);
            used = Environment.CpuUsage.TotalTime;
            clock.Restart();
        }
        return run.End(models) with { EarlierProcessorSeconds = earlier };
    }

    /// <summary>A column where the rule says what is looked for.</summary>
    private static IEnumerable<(string, double)> Precision(Judged? judged) =>
        judged is { PrecisionRecallArea: not double.NaN }
            ? [(RunFolder.PrecisionRecallArea, judged.PrecisionRecallArea)]
            : [];

    private StepLoss Step(TBatch batch, ModelsInTraining models, CancellationToken stop)
    {
        models.ClearGradients();
        models.Begin();
        var found = rule.Gradients(batch, ranks.AreSeveral ? CancellationToken.None : stop);
        models.Reduce();
        found = OfAll(found, stop);
        Check(found.Loss, models.Rate);
        models.Step(options.ClipGradient);
        return found;
    }

    /// <summary>The loss of all ranks' examples; where one of them is to stop, all do.</summary>
    private StepLoss OfAll(StepLoss own, CancellationToken stop)
    {
        if (!ranks.AreSeveral)
            return own;
        var (weight, loss) = (own.Weight, own.Loss);
        // A weight of nothing also hides what is no number.
        double Part(double of) => weight == 0 ? 0 : of * weight;
        var sums = ranks.Sums(
            Part(loss.Total),
            Part(loss.Class),
            Part(loss.Reconstruction),
            stop.IsCancellationRequested ? 1 : 0
        );
        if (sums[3] > 0)
            throw new OperationCanceledException(stop);
        return new StepLoss(new LossParts(sums[0], sums[1], sums[2]), own.Examples);
    }

    private RunState Agreed(RunState own)
    {
        var leaders = own.Told(ranks);
        return own == leaders
            ? own
            : throw new InvalidOperationException(
                $"{run.Path}: rank {ranks.Rank} of {ranks.Size} finds {own.Epoch} epochs done there, rank 0 {leaders.Epoch}; all have to see the same folder: give an --out that every machine shares"
            );
    }

    private Judged? Judge(ModelsInTraining models, CancellationToken stop)
    {
        models.Training = false;
        using var inference = new Inference();
        using var scope = new TensorScope();
        var judged = rule.Judge(stop);
        if (judged is not null)
            Check(judged.Loss, models.Rate);
        return judged;
    }

    private void Check(LossParts losses, double rate)
    {
        if (!double.IsFinite(losses.Total))
            throw new InvalidOperationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the loss became {losses.Total} at rate {rate:g3}; {rule.Remedy}"
                )
            );
    }
}
