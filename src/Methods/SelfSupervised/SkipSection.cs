using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Reports;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>What the outermost skip connection does to a reconstruction's deep levels, where a run has measured it.</summary>
internal static class SkipSection
{
    /// <summary>The section of a part; null where it has measured nothing.</summary>
    internal static ReportSection? Of(string part, string name)
    {
        var (levels, errors) = (Path.Combine(part, "skips.csv"), Path.Combine(part, "skip-errors.csv"));
        if (!File.Exists(levels) || !File.Exists(errors))
            return null;
        return ReportSection.Of(
            $"skips-{name.Replace(' ', '-')}",
            name.Length > 0 ? $"Skip connections, {name}" : "Skip connections",
            new Note(
                "Two networks pre-trained alike, one without the named skip connections. Per level: root mean square of its "
                    + "weights before and after, how far they moved relative to their length, root mean square of the loss's "
                    + "gradient. Below: mean squared error of reconstructions, with the deepest level and with its output set "
                    + "to zero, and that of each window's mean color."
            ),
            TableOf(levels, text: 2),
            TableOf(errors, text: 1)
        );
    }

    private static Table TableOf(string path, int text)
    {
        var table = CsvTable.Read(path);
        return Table.OfLines(
            [
                [.. table.Columns.Select(head => head.Replace('_', ' '))],
                .. table.Rows.Select(row =>
                    (IReadOnlyList<string>)[.. row.Fields.Select((field, i) => i < text ? field : Short(field))]
                ),
            ],
            text
        );
    }

    private static string Short(string field) =>
        field.All(char.IsAsciiDigit) ? field
        : double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("g3", CultureInfo.InvariantCulture)
        : field;
}
