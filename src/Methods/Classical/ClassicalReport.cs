using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.Classical;

/// <summary>
/// What any classifier is told, and instead of epochs a part's <c>selection.csv</c>: the settings there were, what
/// validation said, and which was taken.
/// </summary>
internal static class ClassicalReport
{
    /// <summary>Null where the part has no such file.</summary>
    internal static IEnumerable<ReportBlock>? Fitting(FinishedPart part)
    {
        var path = Path.Combine(part.Folder, "selection.csv");
        if (!File.Exists(path))
            return null;
        var table = CsvTable.Read(path);
        return
        [
            new Note(
                "Settings, and what the validation patients said of them; the chosen one was kept as it was fitted."
            ),
            Table.OfLines(
                [
                    [.. table.Columns.Select(name => name.Replace('_', ' '))],
                    .. table.Rows.Select(row => (IReadOnlyList<string>)[.. row.Fields.Select(Short)]),
                ],
                text: table.Columns.Count
            ),
        ];
    }

    private static string Short(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? FigureText.Number(number)
            : field;
}
