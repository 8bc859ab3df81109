using System.Globalization;
using System.Xml.Linq;
using Coverslip.Learning.Studies;

namespace Coverslip.App.Reports;

/// <summary>A study's curves: its first figure over what its models differ in, and the table of all figures.</summary>
internal static class CurveSection
{
    /// <summary>The section; null where the study has no curves, or no point is done.</summary>
    internal static XElement? Of(StudyRecipe study, IReadOnlyList<StudyRow> rows, string group)
    {
        StudyRow[] points = [.. rows.Where(r => r.Run.Point is not null && r.Mean is not null)];
        if (points.Length == 0)
            return null;
        var lines = StudyCurve.Lines(rows);
        return Html.Section(
            $"curve{group}",
            $"{study.Figure.Words} by {study.Curve}",
            Html.Tag("figure", Plot(study, points).Draw()),
            Html.Note("Solid: mean over the parts; points: each part."),
            Html.Table(
                [.. lines[0].Select(head => new Column(head, Number: true))],
                lines.Skip(1).Select(l => (IReadOnlyList<object?>)[.. l])
            )
        );
    }

    /// <summary>The curves alone.</summary>
    internal static SvgPlot Plot(StudyRecipe study, IReadOnlyList<StudyRow> points)
    {
        var series = new List<PlotSeries>();
        foreach (var (color, line) in points.GroupBy(p => p.Run.Point!.Value.Line).Index())
        {
            StudyRow[] ordered = [.. line.OrderBy(p => p.Run.Point!.Value.At)];
            series.Add(new PlotSeries(line.Key, [.. ordered.Select(p => Point(p, p.Mean!.Value, 4.5))], color));
            series.Add(
                new PlotSeries(
                    "",
                    [.. ordered.SelectMany(p => p.Known.Select(value => Point(p, value, 2.5)))],
                    color,
                    PlotStyle.Points
                )
            );
        }
        return new SvgPlot(
            $"{study.Figure.Words} by {study.Curve}",
            $"Mean over the parts of {study.Figure.Words} for each {study.Curve}, a line for each kind of model.",
            series
        )
        {
            Width = 560,
            Height = 340,
            XLabel = study.Curve,
            YLabel = study.Figure.Words,
        };
    }

    private static PlotPoint Point(StudyRow row, double value, double radius)
    {
        var at = row.Run.Point!.Value.At;
        return new PlotPoint(
            at,
            value,
            string.Create(CultureInfo.InvariantCulture, $"{row.Run.Model}: {value:0.000}"),
            radius
        );
    }
}
