using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.Learning.RunReports;

/// <summary>What a run says of its test images.</summary>
public static class TestedSets
{
    /// <summary>
    /// One set where every image was tested once, by one model or in cross-validation; otherwise each part's, to be judged
    /// for itself.
    /// </summary>
    /// <exception cref="InvalidDataException">Predictions that do not fit the cohort.</exception>
    public static IReadOnlyList<Predictions> Of(FinishedRun run) =>
        Pooled(run) is { } file
            ? [Read(file, run.Cohort)]
            : [.. run.Parts.Select(p => p.Predictions).Where(File.Exists).Select(f => Read(f, run.Cohort))];

    /// <summary>The file of predictions of all parts together; null where there is none.</summary>
    internal static string? Pooled(FinishedRun run) =>
        Path.Combine(run.Folder, "predictions.csv") is var file && File.Exists(file) ? file : null;

    /// <summary>A file's predictions, each of an image of the cohort.</summary>
    /// <exception cref="InvalidDataException">They do not fit the cohort.</exception>
    public static Predictions Read(string path, Cohort cohort) => Predictions.Read(path).Within(cohort);
}
