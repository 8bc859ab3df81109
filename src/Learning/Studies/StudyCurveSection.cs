using System.Globalization;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.Studies;

/// <summary>A study's curves: its first figure over what its models differ in, and the table of all figures.</summary>
internal static class StudyCurveSection
{
    /// <summary>The section; null where the study has no curves, or no point is done.</summary>
    internal static ReportSection? Of(StudyRecipe study, IReadOnlyList<StudyRow> rows, string group)
    {
        StudyRow[] points = [.. rows.Where(r => r.Run.Point is not null && r.Mean is not null)];
        if (points.Length == 0)
            return null;
        var lines = StudyCurve.Lines(rows);
        return ReportSection.Of(
            $"curve{group}",
            $"{study.Figure.Words} by {study.Curve}",
            Drawn(study, points),
            new Note("Solid: mean over the parts; points: each part."),
            Table.OfLines(lines, text: 0)
        );
    }

    private static Plot Drawn(StudyRecipe study, IReadOnlyList<StudyRow> points)
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
        return new Plot(
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
