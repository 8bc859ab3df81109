using System.Diagnostics;
using System.Globalization;
using Coverslip.Torch;

namespace Coverslip.Learning.Loop;

/// <summary>
/// Trains what a rule says, epoch by epoch, into a run folder, from wherever the folder's state stands. Without validation
/// examples nothing stops early and the last epoch is kept.
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
    /// <summary>Trains until the epochs are done or patience ends; the best epoch is left in the folder and in the models.</summary>
    /// <exception cref="InvalidOperationException">The loss is no finite number.</exception>
    /// <exception cref="OperationCanceledException">Stopped; what the last whole epoch left stays, and
    /// resumes.</exception>
    public FitOutcome Run(CancellationToken stop = default)
    {
        using var models = new ModelsInTraining(rule.Stores, options);
        var schedule = new LearningRate(options, rule.PerEpoch);
        var patience = options.PatienceIn(rule.PerEpoch);
        var state = run.Restore(models);
        var earlier = state.Processor;
        var used = Environment.CpuUsage.TotalTime;
        var clock = Stopwatch.StartNew();
        for (var epoch = state.Epoch; epoch < options.Epochs && !state.Exhausted(patience); epoch++)
        {
            var (steps, number, mean, pace) = (rule.Steps, 0, new MeanLoss(), new Pace());
            models.Training = true;
            foreach (var batch in pace.Timed(rule.Epoch(epoch)))
            {
                stop.ThrowIfCancellationRequested();
                using var scope = new TensorScope();
                models.SetRates(rate => schedule.At(rate, epoch + (double)number / steps));
                mean.Add(Step(batch, models, stop));
                progress.Step(epoch, ++number, steps, mean);
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
            state = run.Finish(row, state, judged is null ? epoch : rule.Figure(judged, options.BestBy), models);
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
        var found = rule.Gradients(batch, stop);
        Check(found.Loss, models.Rate);
        models.Step(options.ClipGradient);
        return found;
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
