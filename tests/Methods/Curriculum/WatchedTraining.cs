using Coverslip.Learning.Loop;

namespace Coverslip.Methods.Tests.Curriculum;

/// <summary>Which steps a training announced, and its epochs; may act on one.</summary>
internal sealed class WatchedTraining : ITrainingProgress
{
    internal List<(string, int)> Stages { get; } = [];

    internal int Epochs { get; private set; }

    internal Action<int>? OnEpoch { get; init; }

    void ITrainingProgress.Step(int epoch, int step, int steps, MeanLoss soFar) { }

    void ITrainingProgress.Epoch(EpochRow row, RunState state)
    {
        Epochs++;
        OnEpoch?.Invoke(Epochs);
    }

    void ITrainingProgress.Stage(string name, int epochs) => Stages.Add((name, epochs));
}
