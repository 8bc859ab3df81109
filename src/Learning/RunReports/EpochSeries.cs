using System.Globalization;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.RunReports;

/// <summary>A column of <c>metrics.csv</c> on a plot.</summary>
/// <param name="Column">The column.</param>
/// <param name="Name">Its name in the legend; empty for none.</param>
/// <param name="Color">Number of its color.</param>
/// <param name="Style">Training is a line, validation dashed.</param>
public sealed record EpochSeries(string Column, string Name, int Color, PlotStyle Style)
{
    /// <summary>The column by epoch, counted from 1; nothing where the table has none of it.</summary>
    public static IEnumerable<PlotSeries> Of(EpochTable epochs, params IEnumerable<EpochSeries> all)
    {
        var numbers = epochs["epoch"]!;
        foreach (var series in all)
            if (epochs[series.Column] is { } values)
                yield return new PlotSeries(
                    series.Name,
                    [.. values.Select((value, i) => series.Point(numbers[i] + 1, value))],
                    series.Color,
                    series.Style
                );
    }

    private PlotPoint Point(double epoch, double value) =>
        new(
            epoch,
            value,
            string.Create(CultureInfo.InvariantCulture, $"epoch {epoch:0}: {Column.Replace('_', ' ')} {value:g4}")
        );
}
