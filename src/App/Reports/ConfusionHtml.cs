using System.Globalization;
using System.Xml.Linq;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Reports;

/// <summary>The confusion matrix: true classes down, predicted ones across, shaded by their share of the row.</summary>
internal static class ConfusionHtml
{
    internal static XElement Of(ConfusionMatrix matrix) =>
        Html.Tag(
            "div",
            Html.Class("scroll"),
            Html.Tag(
                "table",
                Html.Class("confusion"),
                Html.Tag(
                    "thead",
                    Html.Tag("tr", matrix.Classes.Prepend("true ↓   predicted →").Select(c => Head("col", c)))
                ),
                Html.Tag(
                    "tbody",
                    matrix.Images.Select(
                        (row, label) =>
                            Html.Tag(
                                "tr",
                                Head("row", matrix.Classes[label]),
                                row.Select((images, decided) => Cell(images, row.Sum(), label == decided))
                            )
                    )
                )
            )
        );

    private static XElement Head(string scope, string name) => Html.Tag("th", new XAttribute("scope", scope), name);

    private static XElement Cell(int images, int ofThem, bool right)
    {
        var share = ofThem == 0 ? 0 : (double)images / ofThem;
        // At most 45 % of the shade: the ink stays readable on it, light or dark.
        var shade = string.Create(CultureInfo.InvariantCulture, $"background:rgba(var(--shade), {0.45 * share:0.00})");
        return Html.Tag(
            "td",
            new XAttribute("style", shade),
            right ? Html.Class("right") : null,
            Html.Tag("b", $"{images}"),
            ofThem == 0 ? FigureText.None : FigureText.Percent(share)
        );
    }
}
