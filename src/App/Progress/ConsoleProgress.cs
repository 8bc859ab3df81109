using Coverslip.Learning.Progress;

namespace Coverslip.App.Progress;

/// <summary>Shows work on standard error.</summary>
internal sealed class ConsoleProgress : IWorkProgress
{
    public IWorkSteps Begin(string what, long total, string unit) => new ProgressLine(what, total, unit);

    public void Note(string line) => ProgressDisplay.Say(line);
}
