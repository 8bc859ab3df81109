using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Models;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.RunReports;

/// <summary>A method that says itself what its runs found. Without it, runs are told as those of classifiers.</summary>
public interface IReportsRuns
{
    /// <summary>What says it.</summary>
    IRunReport Report { get; }
}

/// <summary>What a finished run found, for the terminal and as a page.</summary>
public interface IRunReport
{
    /// <summary>What tells the runs of a method.</summary>
    static IRunReport Of(IMethod method) => (method as IReportsRuns)?.Report ?? new ClassifierReport();

    /// <summary>
    /// Figures over all parts together, of a method that has figures of its own; the run's folder keeps them. Null: parts
    /// are judged each for itself.
    /// </summary>
    /// <exception cref="InvalidDataException">A damaged file of a part.</exception>
    RunFigures? Together(FinishedRun run) => null;

    /// <summary>Paragraphs and tables for the terminal.</summary>
    /// <exception cref="InvalidDataException">A damaged file, or one that does not fit the cohort.</exception>
    IEnumerable<ReportBlock> Summary(FinishedRun run);

    /// <summary>The page.</summary>
    /// <exception cref="InvalidDataException">A damaged file, or one that does not fit the cohort.</exception>
    Report Page(FinishedRun run);

    /// <summary>
    /// Several models' pictures of the same test images side by side, for the page of a study; null where there are none.
    /// </summary>
    /// <param name="id">The section's.</param>
    /// <param name="cohort">Where the images are.</param>
    /// <param name="parts">Finished parts of the models, of this method and others.</param>
    ReportSection? SideBySide(string id, Cohort cohort, IReadOnlyList<NamedPart> parts) => null;

    /// <summary>
    /// The same as files to show elsewhere, each a test image with what every model says of it; none by default.
    /// </summary>
    /// <param name="folder">Where they go; made where there are some.</param>
    /// <param name="cohort">Where the images are.</param>
    /// <param name="parts">Finished parts of the models, of this method and others.</param>
    /// <returns>The files.</returns>
    IReadOnlyList<string> WritePictures(string folder, Cohort cohort, IReadOnlyList<NamedPart> parts) => [];
}

/// <summary>A finished part among those of other models.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Folder">Where its files are.</param>
public sealed record NamedPart(string Name, string Folder)
{
    /// <summary>Whether it is a trivial model's that no recipe names; false by default.</summary>
    public bool IsBaseline { get; init; }
}
