using Coverslip.Learning.Progress;

namespace Coverslip.App.Progress;

/// <summary>Shows work on standard error.</summary>
/// <param name="then">What the training that follows was estimated to take at most; null: nothing follows.</param>
internal sealed class ConsoleProgress(TimeSpan? then = null) : IWorkProgress
{
    public IWorkSteps Begin(string what, long total, string unit) =>
        new ProgressLine(what, total, unit)
        {
            After = then is { } longest ? $"then training, at most {ProgressLine.Clock(longest)} by estimate" : "",
        };

    public void Note(string line) => ProgressDisplay.Say(line);
}
