using System.Globalization;
using System.Xml.Linq;

namespace Coverslip.App.Reports;

/// <summary>
/// A part's <c>selection.csv</c>: the settings there were, what validation said, and which was taken.
/// </summary>
internal static class SelectionTable
{
    public static XElement Of(string path)
    {
        string[][] lines = [.. File.ReadLines(path).Select(line => line.Split(','))];
        return Html.Tag(
            "div",
            Html.Note(
                "Settings, and what the validation patients said of them; the chosen one was kept as it was fitted."
            ),
            Html.Table([.. lines[0].Select(name => new Column(name.Replace('_', ' ')))], lines.Skip(1).Select(Cells))
        );
    }

    private static IReadOnlyList<object?> Cells(string[] fields) =>
        [
            .. fields.Select(field =>
                double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    ? Figure.Number(number)
                    : field
            ),
        ];
}
