using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// Lesions of each size on the test slides of all parts, and the share of them that is found by models that had not seen them: of
/// folds over all slides, of parts that test the same slides the mean over their models. Only parts keep intervals, since
/// <c>figures.json</c> of a part does not say whose a lesion is.
/// </summary>
internal static class LesionsTogether
{
    /// <summary>
    /// Null where the run is one part, whose own figures say it; where a part has no figures; and where parts share some of their
    /// slides, which would count several times.
    /// </summary>
    /// <exception cref="InvalidDataException">A damaged file of a part.</exception>
    internal static RunFigures? Of(FinishedRun run)
    {
        if (run.SplitParts == 1)
            return null;
        var parts = run.Parts.Where(p => File.Exists(p.Predictions)).ToArray();
        RunFigures[] figures = [.. parts.Select(p => RunFigures.Read(p.Folder)).OfType<RunFigures>()];
        if (figures.Length == 0 || figures.Length < parts.Length)
            return null;
        var tested = parts.Select(p => Predictions.Read(p.Predictions).Rows).ToArray();
        var slides = tested.SelectMany(rows => rows.Select(r => r.Image)).Distinct().Count();
        var same = tested.All(rows => rows.Count == slides);
        if (!same && tested.Sum(rows => rows.Count) != slides)
            return null;
        return new RunFigures(
            [.. LesionEstimates.Keys.Select((key, i) => (key, Share(figures, key, LesionEstimates.CountOf(i))))],
            [
                ("slides", slides),
                ("patients", tested.SelectMany(rows => rows.Select(r => r.Patient)).Distinct().Count()),
                .. LesionEstimates.CountKeys.Select(key =>
                    (key, same ? Count(figures[0], key) : figures.Sum(f => Count(f, key)))
                ),
            ]
        );
    }

    /// <summary>The share of all lesions of a size; parts weigh as many as they have.</summary>
    private static Estimate Share(IReadOnlyList<RunFigures> parts, string key, string count)
    {
        var known = parts
            .Select(p => (Share: p.Figures.FirstOrDefault(f => f.Key == key).Figure?.Value, Lesions: Count(p, count)))
            .Where(p => p is { Share: not null, Lesions: > 0 })
            .ToArray();
        return known.Length == 0
            ? Estimate.Undefined("no test slide has an outlined lesion of this size")
            : new Estimate(
                known.Sum(p => p.Share!.Value * p.Lesions) / known.Sum(p => p.Lesions),
                null,
                null,
                "each part has its interval"
            );
    }

    private static int Count(RunFigures of, string key) => of.Counts.FirstOrDefault(c => c.Key == key).Count;
}
