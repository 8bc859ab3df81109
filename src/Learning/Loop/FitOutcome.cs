namespace Coverslip.Learning.Loop;

/// <summary>How a fit ended.</summary>
/// <param name="Epochs">Passes over the training images; 1 where there is only one.</param>
/// <param name="BestEpoch">The pass whose model was kept, from 0.</param>
/// <param name="Seconds">Time of training and validation.</param>
/// <param name="WeightsMoved">Relative distance of the weights from their beginning; null where none move.</param>
public sealed record FitOutcome(int Epochs, int BestEpoch, double Seconds, double? WeightsMoved)
{
    /// <summary>The part of the training steps' time that they waited for data; null without steps.</summary>
    public double? WaitingShare { get; init; }

    /// <summary>Steps of the optimizer, of all stages together; null where nobody counted.</summary>
    public long? Steps { get; init; }

    /// <summary>Processor seconds of calls before this one, which went on.</summary>
    public double EarlierProcessorSeconds { get; init; }
}
