using System.Globalization;
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
        string[][] lines = [.. File.ReadLines(path).Select(line => line.Split(','))];
        return
        [
            new Note(
                "Settings, and what the validation patients said of them; the chosen one was kept as it was fitted."
            ),
            Table.OfLines(
                [
                    [.. lines[0].Select(name => name.Replace('_', ' '))],
                    .. lines.Skip(1).Select(fields => (IReadOnlyList<string>)[.. fields.Select(Short)]),
                ],
                text: lines[0].Length
            ),
        ];
    }

    private static string Short(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? FigureText.Number(number)
            : field;
}
