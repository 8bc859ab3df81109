using Coverslip.Learning.Progress;

namespace Coverslip.App.Progress;

/// <summary>Shows work on standard error, a line of progress at a time.</summary>
internal sealed class ConsoleProgress : IWorkProgress
{
    public IWorkSteps Begin(string what, long total, string unit) => new ProgressLine(what, total, unit);

    public void Note(string line) => Console.Error.WriteLine(line);
}
