using System.Globalization;
using System.Xml.Linq;

namespace Coverslip.App.Reports;

/// <summary>What the outermost skip connection does to a reconstruction's deep levels, where a run has measured it.</summary>
internal static class SkipSections
{
    /// <summary>The section of a part; null where it has measured nothing.</summary>
    internal static XElement? Of(string part, string name)
    {
        var (levels, errors) = (Path.Combine(part, "skips.csv"), Path.Combine(part, "skip-errors.csv"));
        if (!File.Exists(levels) || !File.Exists(errors))
            return null;
        return Html.Section(
            $"skips-{name.Replace(' ', '-')}",
            name.Length > 0 ? $"Skip connections, {name}" : "Skip connections",
            Html.Note(
                "Two networks pre-trained alike, one without the named skip connections. Per level: root mean square of its "
                    + "weights before and after, how far they moved relative to their length, root mean square of the loss's "
                    + "gradient. Below: mean squared error of reconstructions, with the deepest level and with its output set "
                    + "to zero, and that of each window's mean color."
            ),
            Table(levels, text: 2),
            Table(errors, text: 1)
        );
    }

    private static XElement Table(string path, int text)
    {
        var lines = File.ReadAllLines(path).Where(l => l.Length > 0).Select(l => l.Split(',')).ToArray();
        return Html.Table(
            [.. lines[0].Select((head, i) => new Column(head.Replace('_', ' '), Number: i >= text))],
            lines
                .Skip(1)
                .Select(l => (IReadOnlyList<object?>)[.. l.Select((field, i) => i < text ? field : Short(field))])
        );
    }

    private static string Short(string field) =>
        field.All(char.IsAsciiDigit) ? field
        : double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("g3", CultureInfo.InvariantCulture)
        : field;
}
