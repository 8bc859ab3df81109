using System.Globalization;
using System.Xml.Linq;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Reports;

/// <summary>A scale of colors as a strip with ticks.</summary>
internal static class ColorScaleHtml
{
    private const int Width = 320,
        Height = 14,
        Below = 18,
        Margin = 12;

    private static readonly double[] Ticks = [0, 0.25, 0.5, 0.75, 1];

    internal static XElement Of(ColorScale scale)
    {
        var each = (double)Width / scale.Colors.Count;
        return Html.Tag(
            "figure",
            SvgPlot.Tag(
                "svg",
                SvgPlot.Set("viewBox", $"0 0 {Width + (2 * Margin)} {Height + Below}"),
                SvgPlot.Set("role", "img"),
                SvgPlot.Set("class", "scale"),
                SvgPlot.Set("style", $"max-width:{Width + (2 * Margin)}px"),
                SvgPlot.Tag("title", $"{scale.Meaning}: colors from 0 to 1"),
                // Each reaches into the next one: no line of the page shows between them.
                scale.Colors.Select((color, i) => Piece(Margin + (i * each), each + 0.5, color)),
                Ticks.Select(tick =>
                    SvgPlot.Tag(
                        "text",
                        SvgPlot.Set("x", Margin + (tick * Width)),
                        SvgPlot.Set("y", Height + Below - 4),
                        SvgPlot.Set("text-anchor", "middle"),
                        SvgPlot.Set("font-size", 12),
                        SvgPlot.Set("fill", "currentColor"),
                        tick.ToString(CultureInfo.InvariantCulture)
                    )
                )
            ),
            Html.Tag("figcaption", scale.Meaning)
        );
    }

    private static XElement Piece(double x, double width, (byte Red, byte Green, byte Blue) color) =>
        SvgPlot.Tag(
            "rect",
            SvgPlot.Set("x", x),
            SvgPlot.Set("width", width),
            SvgPlot.Set("height", Height),
            SvgPlot.Set("fill", $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}")
        );
}
