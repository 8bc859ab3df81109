using Coverslip.Files;

namespace Coverslip.Evaluation.Cohorts;

/// <summary>Where in a cohort's table its columns stand, and what a row says in them.</summary>
/// <param name="table">The table.</param>
/// <param name="furtherColumns">Names of the columns without a meaning of their own.</param>
internal sealed class CohortColumns(CsvTable table, IReadOnlyList<string> furtherColumns)
{
    private readonly int image = table.IndexOf("image"),
        label = table.IndexOf("label"),
        labels = table.IndexOf("labels"),
        patient = table.IndexOf("patient"),
        mask = table.IndexOf("mask"),
        group = table.IndexOf("group");

    private readonly int[] further = [.. furtherColumns.Select(c => table.Columns.ToList().IndexOf(c))];

    /// <summary>What a row says.</summary>
    public CohortRow ToRow(TableRow row)
    {
        string? Field(int column) => column >= 0 && row.Fields[column].Length > 0 ? row.Fields[column] : null;
        string[]? findings =
            labels >= 0 ? [.. CohortFile.Split(Field(labels) ?? "").Order(StringComparer.Ordinal)] : null;
        var told = findings is null ? Field(label) ?? "" : CohortFile.Join(findings);
        return new CohortRow(row.Number, Slashes(Field(image)) ?? "", told, Field(patient) ?? "")
        {
            Findings = findings,
            Mask = Slashes(Field(mask)),
            Group = Field(group),
            Further = [.. further.Select(column => row.Fields[column])],
        };
    }

    private static string? Slashes(string? path) => path?.Replace('\\', '/');
}
