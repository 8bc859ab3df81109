using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Statistics;
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
        Console.WriteLine(
            $"{figures.Slides} unseen slides of {figures.Patients} patients, {figures.Lesions} lesions; 95 % intervals over patients"
        );
        Console.WriteLine($"  slide AUC                         {Text(figures.Auc)}");
        Console.WriteLine($"  FROC score                        {Text(figures.FrocScore)}");
        Console.WriteLine($"  sensitivity at 8 false positives  {Text(figures.Sensitivity)}");
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
