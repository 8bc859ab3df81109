using System.Globalization;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Models;

namespace Coverslip.App.Commands;

/// <summary>Prints what a run has found besides what its predictions say.</summary>
internal static class RunSummaries
{
    internal static void Print(IEnumerable<RunSummary> summaries)
    {
        foreach (var (title, figures) in summaries)
        {
            if (title.Length == 0)
            {
                Console.WriteLine(
                    string.Join(
                        "  ",
                        figures.Select(f => $"{f.Key.Replace('_', '-')} {EvaluateCommand.Text(f.Figure)}")
                    )
                );
                continue;
            }
            Console.WriteLine(title);
            foreach (var (key, figure) in figures)
                Console.WriteLine($"  {key.Replace('_', ' '), -23} {Text(figure)}");
        }
    }

    private static string Text(Estimate figure) =>
        figure switch
        {
            { Value: null } => $"not defined: {figure.Reason}",
            { Low: null } => string.Create(CultureInfo.InvariantCulture, $"{figure.Value:0.000} ({figure.Reason})"),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"{figure.Value:0.000} ({figure.Low:0.000} – {figure.High:0.000})"
            ),
        };
}
