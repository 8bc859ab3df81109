using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Runs;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.App.Commands;

/// <summary>The figures of a run on slides.</summary>
internal static class SlideFigures
{
    /// <summary>
    /// Computes those over all parts of a tumor detection, writes and prints them; says nothing where no slides were tested.
    /// </summary>
    internal static void Tell(string folder, Cohort cohort, int parts)
    {
        if (DetectionFigures.OfRun(folder, cohort, parts) is not { } figures)
            return;
        figures.Write(folder);
        Print(figures);
    }

    /// <summary>Prints those of each part.</summary>
    internal static void TellParts(string folder, int parts)
    {
        for (var part = 0; part < parts; part++)
        {
            if (RunFigures.Read(TrainingSession.PartFolder(folder, part, parts)) is not { } figures)
                continue;
            if (parts > 1)
                Console.Write($"part {part + 1}: ");
            Print(figures);
        }
    }

    /// <summary>Prints figures with their intervals.</summary>
    internal static void Print(RunFigures figures)
    {
        var counts = figures.Counts.Select(c => $"{c.Count} {c.Key.Replace('_', ' ')}");
        Console.WriteLine($"unseen slides: {string.Join(", ", counts)}; 95 % intervals over patients");
        foreach (var (key, figure) in figures.Figures)
            Console.WriteLine($"  {key.Replace('_', ' '), -23} {Text(figure)}");
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
