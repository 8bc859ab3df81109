using Coverslip.App.Reports;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Segmentation;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Commands;

/// <summary>What a run that segments has found, over the finished parts.</summary>
internal static class SegmentationSummary
{
    /// <summary>Finished parts of a run folder, in their order.</summary>
    internal static IReadOnlyList<string> Parts(string folder) =>
        [
            .. Directory
                .GetDirectories(folder, "part-*")
                .OrderBy(p => p.Length)
                .ThenBy(p => p, StringComparer.Ordinal)
                .Prepend(folder)
                .Where(p => File.Exists(Path.Combine(p, "run.json"))),
        ];

    /// <summary>
    /// The figures over all parts together, where no image was tested twice; null where parts have to be judged each for
    /// itself.
    /// </summary>
    internal static IReadOnlyList<(string Key, Estimate Figure)>? Together(IReadOnlyList<string> parts)
    {
        SegmentedImage[] images =
        [
            .. parts.SelectMany(p => SegmentedImage.Read(Path.Combine(p, SegmentedImage.FileName))),
        ];
        return images.DistinctBy(i => i.Image).Count() == images.Length ? SegmentationEvaluation.Of(images) : null;
    }

    /// <summary>
    /// Prints the figures, leaves those of all parts in the run's <c>figures.json</c>, writes the report; returns its path.
    /// </summary>
    internal static string Tell(string folder, Cohort cohort)
    {
        var parts = Parts(folder);
        if (Together(parts) is { } figures)
        {
            if (parts.Count > 1)
                new RunFigures(figures, [("parts", parts.Count)]).Write(folder);
            Print(figures);
        }
        else
        {
            foreach (var part in parts)
                Print(RunFigures.Read(part)!.Figures);
        }
        return SegmentationReport.Write(folder, cohort, parts);
    }

    /// <summary>One line.</summary>
    internal static void Print(IEnumerable<(string Key, Estimate Figure)> figures) =>
        Console.WriteLine(
            string.Join("  ", figures.Select(f => $"{f.Key.Replace('_', '-')} {EvaluateCommand.Text(f.Figure)}"))
        );
}
