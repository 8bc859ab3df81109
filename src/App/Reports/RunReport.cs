using Coverslip.Files;
using Coverslip.Learning.RunReports;

namespace Coverslip.App.Reports;

/// <summary>The end of a run: its own figures, and <c>report.html</c>, one file that needs no network and no scripts.</summary>
internal static class RunReport
{
    /// <summary>
    /// Leaves the figures over all parts in the run folder, where its method has its own, and writes <c>report.html</c>
    /// there, whole or not at all; returns its path.
    /// </summary>
    /// <exception cref="InvalidDataException">A damaged file, or another cohort.</exception>
    public static string Write(FinishedRun run, IRunReport report)
    {
        report.Together(run)?.Write(run.Folder);
        var path = Path.Combine(run.Folder, "report.html");
        WholeFile.Write(path, Page.Text(report.Page(run)));
        return path;
    }
}
