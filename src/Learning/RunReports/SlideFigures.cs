using System.Globalization;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.RunReports;

/// <summary>The figures of unseen slides, for the terminal.</summary>
public static class SlideFigures
{
    /// <summary>What they are of, and a line for each with its interval.</summary>
    public static IEnumerable<string> Lines(RunFigures figures)
    {
        var counts = figures.Counts.Select(c => $"{c.Count} {c.Key.Replace('_', ' ')}");
        return
        [
            $"unseen slides: {string.Join(", ", counts)}; 95 % intervals over patients",
            .. figures.Figures.Select(f => $"  {f.Key.Replace('_', ' '), -23} {Text(f.Figure)}"),
        ];
    }

    private static string Text(Estimate figure) =>
        figure switch
        {
            { Value: null } => $"not defined: {figure.Reason}",
            { Low: null } => string.Create(CultureInfo.InvariantCulture, $"{figure.Value:0.000} ({figure.Reason})"),
            _ => FigureText.WithEnds(figure),
        };
}
