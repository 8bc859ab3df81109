using Coverslip.Learning.Loop;

namespace Coverslip.App.Progress;

/// <summary>Shows nothing of a training: of several processes one speaks.</summary>
internal sealed class SilentTraining : ITrainingProgress
{
    public void Step(int epoch, int step, int steps, MeanLoss soFar) { }

    public void Epoch(EpochRow row, RunState state) { }
}
