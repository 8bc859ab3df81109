using System.Globalization;
using System.Xml.Linq;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Reports;

/// <summary>A figure and its interval as a dot on a line from 0 to 1, with a mark where chance lies.</summary>
internal static class BarHtml
{
    private const int Width = 160;
    private const int Height = 18;

    public static XElement? Of(IntervalBar bar)
    {
        var (figure, chance) = (bar.Figure, bar.Chance);
        if (figure.Value is not { } value)
            return null;
        var title =
            $"{FigureText.Number(value)}, interval {FigureText.Interval(figure)}"
            + (chance is { } level ? $", chance {FigureText.Number(level)}" : "");
        return SvgPlot.Tag(
            "svg",
            SvgPlot.Set("viewBox", $"0 0 {Width} {Height}"),
            SvgPlot.Set("width", Width),
            SvgPlot.Set("height", Height),
            SvgPlot.Set("class", "bar"),
            SvgPlot.Set("role", "img"),
            SvgPlot.Tag("title", title),
            Path($"M{X(0)} 9H{X(1)}", "rail"),
            chance is { } at ? Path($"M{X(at)} 1V17", "chance") : null,
            figure is { Low: { } low, High: { } high } ? Path($"M{X(low)} 9H{X(high)}", "span") : null,
            SvgPlot.Tag(
                "circle",
                SvgPlot.Set("cx", X(value)),
                SvgPlot.Set("cy", 9),
                SvgPlot.Set("r", 4.5),
                SvgPlot.Set("class", "dot")
            )
        );
    }

    private static XElement Path(string line, string style) =>
        SvgPlot.Tag("path", SvgPlot.Set("d", line), SvgPlot.Set("class", style));

    private static string X(double share) => (6 + share * (Width - 12)).ToString("0.#", CultureInfo.InvariantCulture);
}
