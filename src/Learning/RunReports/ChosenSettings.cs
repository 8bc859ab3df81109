using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>Instead of epochs a part's <c>selection.csv</c>: the settings there were, what they came to, which was taken.</summary>
public static class ChosenSettings
{
    /// <summary>The file's name in a part's folder.</summary>
    public const string FileName = "selection.csv";

    /// <summary>Its table under a note; null where the part has no such file.</summary>
    public static IEnumerable<ReportBlock>? Of(FinishedPart part, string note)
    {
        var path = Path.Combine(part.Folder, FileName);
        if (!File.Exists(path))
            return null;
        var table = CsvTable.Read(path);
        return
        [
            new Note(note),
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
