using Coverslip.Files;
using Coverslip.Learning.RunReports;

namespace Coverslip.App.Reports;

/// <summary>The end of a run: its own figures, and <c>report.html</c>, one file that needs no network and no scripts.</summary>
internal static class RunReport
{
    /// <summary>
    /// Leaves the figures over all parts in the run folder, where its method has its own, and writes <c>report.html</c>
    /// there, whole or not at all, with <c>contradicted.csv</c> where the method names classes; returns the page's path and
    /// a line on contradicted labels.
    /// </summary>
    /// <exception cref="InvalidDataException">A damaged file, or another cohort.</exception>
    public static (string Path, string? Contradicted) Write(FinishedRun run, IRunReport report)
    {
        report.Together(run)?.Write(run.Folder);
        var (path, page) = (Path.Combine(run.Folder, "report.html"), report.Page(run));
        var contradicted = Contradictions.Of(run);
        contradicted?.Write();
        WholeFile.Write(
            path,
            Page.Text(contradicted is null ? page : ContradictedSection.Added(page, run, contradicted))
        );
        return (path, contradicted?.Line);
    }
}
