using System.Xml.Linq;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Reports;

/// <summary>Tables of the page.</summary>
internal static class TableHtml
{
    internal static XElement Of(Table table)
    {
        if (table.Rows.FirstOrDefault(r => r.Count != table.Columns.Count) is { } odd)
            throw new ArgumentException($"a table has {table.Columns.Count} columns and a row of {odd.Count} cells");
        return Html.Tag(
            "div",
            Html.Class("scroll"),
            Html.Tag(
                "table",
                Html.Tag(
                    "thead",
                    Html.Tag(
                        "tr",
                        table.Columns.Select(c => Html.Tag("th", new XAttribute("scope", "col"), Numeric(c), c.Name))
                    )
                ),
                Html.Tag(
                    "tbody",
                    table.Rows.Select(row =>
                        Html.Tag("tr", row.Select((cell, i) => Html.Tag("td", Numeric(table.Columns[i]), Of(cell))))
                    )
                )
            )
        );
    }

    /// <summary>What stands in a cell; null for nothing.</summary>
    internal static object? Of(Cell cell) =>
        cell switch
        {
            Words { Style: WordStyle.Wrong } words => Html.Tag("span", Html.Class("wrong"), words.Text),
            Words { Style: WordStyle.Code } words => Html.Tag("code", words.Text),
            Words words => words.Text,
            IntervalBar bar => BarHtml.Of(bar),
            Picture picture => Thumbnail.Of(picture),
            CaptionedPicture shown => Page.Of(shown),
            _ => throw new ArgumentException($"a table cannot show a {cell.GetType().Name} yet"),
        };

    /// <summary>Words below each other.</summary>
    internal static IEnumerable<object?> Lines(IEnumerable<Words> lines) =>
        lines.SelectMany((line, i) => new[] { i > 0 ? Html.Tag("br") : null, Of(line) });

    private static XAttribute? Numeric(Column column) => column.Number ? Html.Class("n") : null;
}
