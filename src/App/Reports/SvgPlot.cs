using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Coverslip.Learning.Reports;

namespace Coverslip.App.Reports;

/// <summary>
/// A plot with axes, ticks and legend as inline SVG. Colors are those of the page (<see cref="PageStyle"/>), so that
/// it follows light and dark; pixels have the page's size where there is room for them.
/// </summary>
internal sealed class SvgPlot(Plot plot)
{
    private const double Left = 54,
        Right = 14,
        Bottom = 46,
        LegendRow = 18;
    private const int MostTitles = 60; // points that answer to hovering, per series

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static XElement Tag(string name, params object?[] content) => new(Svg + name, content);

    public static XAttribute Set(string name, object value) =>
        new(name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");

    public XElement Draw()
    {
        var legend = Legend(out var rows);
        var top = 10 + rows * LegendRow + (plot.Mark is null ? 0 : 14);
        var height = plot.Height + top;
        var points = plot
            .Series.SelectMany(s => s.Points)
            .Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y))
            .ToArray();
        var x = new PlotAxis(plot.XRange ?? Range(points.Select(p => p.X)), Left, plot.Width - Right);
        // Losses and rates that fall by orders of magnitude can only be read on a logarithmic axis.
        var y = new PlotAxis(
            plot.YRange ?? Range(points.Select(p => p.Y)),
            height - Bottom,
            top,
            plot.YRange is null && PlotAxis.Logarithmic(points.Select(p => p.Y))
        );
        return Tag(
            "svg",
            Set("viewBox", $"0 0 {plot.Width} {height}"),
            Set("role", "img"),
            Set("class", "plot"),
            Set("style", $"max-width:{plot.Width}px"),
            Tag("title", plot.Title),
            Tag("desc", plot.Description),
            Axes(x, y),
            legend,
            MarkLine(x, top, height - Bottom),
            plot.Series.Select(s => Draw(s, x, y))
        );
    }

    /// <summary>Plots as a file of its own, row by row in so many columns, with the page's style inside.</summary>
    public static XElement DrawTogether(IReadOnlyList<Plot> plots, int columns = 1)
    {
        var drawn = plots.Select(p => new SvgPlot(p).Draw()).ToArray();
        static double[] SizeOf(XElement plot) =>
            [
                .. plot.Attribute("viewBox")!
                    .Value.Split(' ')
                    .Skip(2)
                    .Select(n => double.Parse(n, CultureInfo.InvariantCulture)),
            ];
        var (width, top) = (drawn.Max(d => SizeOf(d)[0]), 0.0);
        foreach (var row in drawn.Chunk(columns))
        {
            foreach (var (column, plot) in row.Index())
            {
                var size = SizeOf(plot);
                plot.Attribute("style")!.Remove();
                plot.Add(Set("x", column * width), Set("y", top), Set("width", size[0]), Set("height", size[1]));
            }
            top += row.Max(plot => SizeOf(plot)[1]);
        }
        var whole = width * Math.Min(columns, drawn.Length);
        return Tag(
            "svg",
            Set("viewBox", FormattableString.Invariant($"0 0 {whole} {top}")),
            Set("role", "img"),
            Set("class", "plot"),
            Set("style", FormattableString.Invariant($"max-width:{whole}px")),
            Tag("style", PageStyle.Css),
            drawn
        );
    }

    private static (double Low, double High) Range(IEnumerable<double> values)
    {
        var (low, high) = values.Aggregate(
            (Low: double.PositiveInfinity, High: double.NegativeInfinity),
            (r, v) => (Math.Min(r.Low, v), Math.Max(r.High, v))
        );
        if (low > high)
            return (0, 1);
        return low < high ? (low, high)
            : low == 0 ? (0, 1)
            : (low - Math.Abs(low) / 2, high + Math.Abs(high) / 2);
    }

    private XElement Axes(PlotAxis x, PlotAxis y)
    {
        var axes = Tag("g", Set("class", "axes"));
        foreach (var tick in x.Ticks(6, plot.Counts ? 1 : 0))
        {
            axes.Add(Line(x.At(tick), y.Start, x.At(tick), y.End, "grid"));
            axes.Add(Text(FigureText.Short(tick), x.At(tick), y.Start + 16, "middle"));
        }
        foreach (var tick in y.Ticks(5))
        {
            axes.Add(Line(x.Start, y.At(tick), x.End, y.At(tick), "grid"));
            axes.Add(Text(FigureText.Short(tick), x.Start - 6, y.At(tick) + 4, "end"));
        }
        axes.Add(Line(x.Start, y.Start, x.End, y.Start, "axis"), Line(x.Start, y.Start, x.Start, y.End, "axis"));
        axes.Add(Text(plot.XLabel, (x.Start + x.End) / 2, y.Start + 36, "middle"));
        var middle = (y.Start + y.End) / 2;
        axes.Add(
            Tag(
                "text",
                Set("transform", $"translate(13 {Pixel(middle)}) rotate(-90)"),
                Set("text-anchor", "middle"),
                plot.YLabel
            )
        );
        return axes;
    }

    private XElement Legend(out int rows)
    {
        var legend = Tag("g", Set("class", "legend"));
        var (at, row) = (Left, 0);
        var named = plot.Series.Where(s => s.Name.Length > 0).ToArray();
        foreach (var series in named)
        {
            var length = 34 + 6.3 * series.Name.Length;
            if (at > Left && at + length > plot.Width)
                (at, row) = (Left, row + 1);
            var y = 14 + row * LegendRow;
            legend.Add(
                series.Style == PlotStyle.Points
                    ? Tag(
                        "circle",
                        Set("cx", Pixel(at + 10)),
                        Set("cy", y - 4),
                        Set("r", 4),
                        Set("class", $"points {Hue(series)}")
                    )
                    : Path($"M{Pixel(at)} {y - 4}h20", series)
            );
            legend.Add(Text(series.Name, at + 25, y, "start"));
            at += length + 8;
        }
        // Plots without a legend keep its room, so that plots side by side stand at one height.
        rows = row + 1;
        return legend;
    }

    private XElement? MarkLine(PlotAxis x, double top, double bottom)
    {
        if (plot.Mark is not { } mark)
            return null;
        var at = x.At(mark.X);
        // Near an end of the axis the name stays inside of the picture.
        var anchor =
            at < Left + 50 ? "start"
            : at > plot.Width - 60 ? "end"
            : "middle";
        return Tag("g", Set("class", "mark"), Line(at, top, at, bottom, ""), Text(mark.Name, at, top - 4, anchor));
    }

    private static XElement Draw(PlotSeries series, PlotAxis x, PlotAxis y)
    {
        var group = Tag("g");
        PlotPoint[] drawn = [.. series.Points.Where(p => x.Holds(p.X) && y.Holds(p.Y))];
        if (series.Style != PlotStyle.Points)
            group.Add(Path(Outline(series.Points, x, y), series));
        var every = series.Style == PlotStyle.Points ? 1 : Math.Max(1, (drawn.Length + MostTitles - 1) / MostTitles);
        foreach (
            var point in drawn.Where(
                (p, i) => series.Style == PlotStyle.Points || (p.Title is not null && i % every == 0)
            )
        )
        {
            var solid = series.Style == PlotStyle.Points;
            group.Add(
                Tag(
                    "circle",
                    Set("cx", Pixel(x.At(point.X))),
                    Set("cy", Pixel(y.At(point.Y))),
                    Set("r", Pixel(solid ? point.Radius : 5)),
                    Set("class", $"{(solid ? "points" : "hit")} {Hue(series)}"),
                    point.Title is null ? null : Tag("title", point.Title)
                )
            );
        }
        return group;
    }

    /// <summary>The line's path; points within half a pixel of the one before are left out, save the last.</summary>
    private static string Outline(IReadOnlyList<PlotPoint> points, PlotAxis x, PlotAxis y)
    {
        var path = new StringBuilder();
        (double X, double Y)? last = null;
        for (var i = 0; i < points.Count; i++)
        {
            if (!x.Holds(points[i].X) || !y.Holds(points[i].Y))
            {
                last = null;
                continue;
            }
            var (px, py) = (x.At(points[i].X), y.At(points[i].Y));
            if (last is { } l && Math.Abs(px - l.X) + Math.Abs(py - l.Y) < 0.5 && i < points.Count - 1)
                continue;
            path.Append(last is null ? 'M' : 'L').Append(Pixel(px)).Append(' ').Append(Pixel(py));
            last = (px, py);
        }
        return path.ToString();
    }

    private static XElement Path(string d, PlotSeries series) =>
        Tag(
            "path",
            Set("d", d),
            Set("class", $"line {Hue(series)}{(series.Style == PlotStyle.Dashed ? " dashed" : "")}")
        );

    private static XElement Line(double x1, double y1, double x2, double y2, string style) =>
        Tag("path", Set("d", $"M{Pixel(x1)} {Pixel(y1)}L{Pixel(x2)} {Pixel(y2)}"), Set("class", style));

    private static XElement Text(string text, double x, double y, string anchor) =>
        Tag("text", Set("x", Pixel(x)), Set("y", Pixel(y)), Set("text-anchor", anchor), text);

    private static string Hue(PlotSeries series) => series.Color < 0 ? "reference" : $"c{series.Color % 6}";

    private static string Pixel(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
