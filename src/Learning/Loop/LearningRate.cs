using Coverslip.Torch.Optimizers;

namespace Coverslip.Learning.Loop;

/// <summary>The learning rate at a point of a training.</summary>
/// <param name="options">The schedule.</param>
/// <param name="perEpoch">Training examples of an epoch.</param>
internal sealed class LearningRate(TrainingOptions options, long perEpoch)
{
    /// <summary>Epochs between the schedule's factors.</summary>
    private double Every => options.EveryExamples > 0 ? (double)options.EveryExamples / perEpoch : options.Every;

    /// <param name="rate">Where it begins, or in one cycle its highest.</param>
    /// <param name="epochs">Epochs done, with their fraction.</param>
    internal double At(double rate, double epochs) =>
        options.Schedule switch
        {
            RateSchedule.Exponential => Schedules.Exponential(
                rate,
                options.Factor,
                (options.PerStep ? epochs : Math.Floor(epochs)) / Every
            ),
            RateSchedule.Step => Schedules.Step(rate, options.Factor, Every, epochs),
            RateSchedule.OneCycle => Schedules.OneCycle(rate, epochs / options.Epochs),
            _ => rate,
        };
}
