using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Statistics;
using Coverslip.Methods.Training;
using Coverslip.Methods.TumorDetection;

namespace Coverslip.App.Commands;

/// <summary>The figures of a run on slides, over all its parts.</summary>
internal static class DetectionSummary
{
    /// <summary>Computes, writes and prints them; says nothing where no slides were tested.</summary>
    internal static void Tell(string folder, Cohort cohort, int parts)
    {
        if (DetectionFigures.OfRun(folder, cohort, parts) is not { } figures)
            return;
        figures.Write(folder);
        Print(figures);
    }

    /// <summary>Prints figures with their intervals.</summary>
    internal static void Print(RunFigures figures)
    {
        var counts = figures.Counts.Select(c => $"{c.Count} {c.Key}");
        Console.WriteLine($"unseen slides: {string.Join(", ", counts)}; 95 % intervals over patients");
        foreach (var (key, figure) in figures.Figures)
            Console.WriteLine($"  {key.Replace('_', ' '), -18} {Text(figure)}");
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
