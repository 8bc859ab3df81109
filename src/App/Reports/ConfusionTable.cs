using System.Globalization;
using System.Xml.Linq;

namespace Coverslip.App.Reports;

/// <summary>The confusion matrix: true classes down, predicted ones across, shaded by their share of the row.</summary>
internal static class ConfusionTable
{
    public static XElement Of(ReportedRun run)
    {
        var whole = run.Whole;
        return Html.Section(
            "confusion",
            "Confusion matrix",
            Html.Note(
                "Images by true class (rows) and predicted class (columns), with their share of the row; "
                    + "what is outlined is right."
                    + (run.Repeated ? " Images tested in several parts count as often as they were tested." : "")
            ),
            Html.Tag(
                "div",
                Html.Class("scroll"),
                Html.Tag(
                    "table",
                    Html.Class("confusion"),
                    Html.Tag(
                        "thead",
                        Html.Tag(
                            "tr",
                            Html.Tag("th", new XAttribute("scope", "col"), "true ↓   predicted →"),
                            whole.Classes.Select(c => Html.Tag("th", new XAttribute("scope", "col"), c))
                        )
                    ),
                    Html.Tag(
                        "tbody",
                        whole.Confusion.Select(
                            (row, label) =>
                                Html.Tag(
                                    "tr",
                                    Html.Tag("th", new XAttribute("scope", "row"), whole.Classes[label]),
                                    row.Select((images, decided) => Cell(images, row.Sum(), label == decided))
                                )
                        )
                    )
                )
            )
        );
    }

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
            ofThem == 0 ? Figure.None : Figure.Percent(share)
        );
    }
}
