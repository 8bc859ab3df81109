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
            Html.Tag(
                "figcaption",
                Html.Class("legend"),
                Html.Tag("span", scale.Meaning),
                scale.Marks.Select(m => Html.Tag("span", Swatch(m), WordsOf(m)))
            )
        );
    }

    private static string WordsOf(LegendMark mark) =>
        mark switch
        {
            LegendMark.Truth => "outline of the truth",
            LegendMark.Detection => "detection; hovering tells its probability",
            LegendMark.TrueBox => "box of the truth",
            LegendMark.HalfFrame => "frame around what reaches half of the map's maximum",
            _ => "scale bar, below each picture",
        };

    /// <summary>The mark as it is drawn, over the gray of a picture.</summary>
    private static XElement Swatch(LegendMark mark)
    {
        XElement Shape(string style) =>
            mark switch
            {
                LegendMark.Detection => SvgPlot.Tag(
                    "circle",
                    SvgPlot.Set("class", style),
                    SvgPlot.Set("cx", 20),
                    SvgPlot.Set("cy", 10),
                    SvgPlot.Set("r", 7)
                ),
                LegendMark.Truth => SvgPlot.Tag("path", SvgPlot.Set("class", style), SvgPlot.Set("d", "M3 10H37")),
                LegendMark.ScaleBar => SvgPlot.Tag("path", SvgPlot.Set("class", "bar"), SvgPlot.Set("d", "M3 10H37")),
                _ => SvgPlot.Tag("path", SvgPlot.Set("class", style), SvgPlot.Set("d", "M4 4H36V16H4Z")),
            };
        return SvgPlot.Tag(
            "svg",
            SvgPlot.Set("viewBox", "0 0 40 20"),
            SvgPlot.Set("width", 40),
            SvgPlot.Set("height", 20),
            SvgPlot.Set("aria-hidden", "true"),
            SvgPlot.Set(
                "class",
                mark switch
                {
                    LegendMark.Truth => "truth",
                    LegendMark.Detection => "ring",
                    LegendMark.TrueBox => "true-box",
                    LegendMark.HalfFrame => "half-frame",
                    _ => "scale-bar",
                }
            ),
            mark is LegendMark.ScaleBar ? null : Shape("halo"),
            Shape("line")
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
