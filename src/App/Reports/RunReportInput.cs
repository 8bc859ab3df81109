using Coverslip.Evaluation.Cohorts;

namespace Coverslip.App.Reports;

/// <summary>What a report is made of.</summary>
/// <param name="Run">The run folder: one part's files, or folders <c>part-1</c>, <c>part-2</c> and so on.</param>
/// <param name="Cohort">The cohort that was trained on; its images are shown.</param>
/// <param name="MaskOf">The mask file of an image, null where it has none; itself null for a run without masks.</param>
public sealed record RunReportInput(string Run, Cohort Cohort, Func<CohortRow, string?>? MaskOf)
{
    /// <summary>The report's heading; default: the name of the run folder.</summary>
    public string? Title { get; init; }

    /// <summary>Tables that stand after the figures, such as a comparison with a baseline.</summary>
    public IReadOnlyList<ReportTable> Tables { get; init; } = [];
}

/// <summary>A further table of a report. All of it is shown as it is written; nothing is taken for markup.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Rows">Cells, as many to a row as there are columns.</param>
/// <param name="Note">A sentence above the table.</param>
public sealed record ReportTable(
    string Title,
    IReadOnlyList<string> Columns,
    IReadOnlyList<IReadOnlyList<string>> Rows,
    string? Note = null
);
