using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;

namespace Coverslip.Methods.Curriculum;

/// <summary>What keeps figures of findings from meaning what they seem to.</summary>
internal static class FindingCautions
{
    private const int FewPatients = 20,
        FewPositives = 10;

    internal static IEnumerable<string> Of(
        FinishedRun run,
        IReadOnlyList<Predictions> models,
        FindingEvaluation evaluation
    )
    {
        if (run.Parts.Count < run.SplitParts)
            yield return $"{run.Parts.Count} of {run.SplitParts} parts are trained; the figures are those of the trained ones.";
        if (evaluation.Patients < FewPatients)
            yield return $"Only {FigureText.Count(evaluation.Patients, "patient")} tested: with fewer than {FewPatients} the intervals are themselves uncertain, and usually too narrow.";
        if (Listed(evaluation.Findings.Where(f => f.Patients == 0)) is { } none)
            yield return $"No test image shows {none}: nothing is said of it.";
        if (
            Listed(evaluation.Findings.Where(f => f.Patients is > 0 and < FewPositives), f => $" ({f.Patients})") is
            { } few
        )
            yield return $"Fewer than {FewPositives} patients show {few}: one of them more or less moves its figures.";
        if (Listed(evaluation.Findings.Where(f => f.Auc is { Low: <= 0.5, High: >= 0.5 })) is { } chance)
            yield return $"The interval of the AUC includes chance: {chance}.";
        if (AbsentSomewhere(run, models) is { Length: > 0 } absent)
            yield return $"Images of a site show a finding always or never, so that telling the site is half of telling the finding: {absent}. Where that holds of training, too, look at the figures site by site.";
        if (FellBack(run) is { Length: > 0 } fell)
            yield return $"The threshold is one half where validation images all show a finding, or none does: {fell}. Give split.validation_share more.";
        foreach (var part in run.Parts)
            if (LesionPatches.LungNote(Path.Combine(part.Folder, LesionPatches.Folder)) is { } lungs)
                yield return $"{(run.Parts.Count > 1 ? $"{part.Name}: " : "")}{char.ToUpperInvariant(lungs[0])}{lungs[1..]}.";
        if (run.Parts.Count(p => !File.Exists(ValidationOf(p))) is > 0 and var blind)
            yield return $"{FigureText.Count(blind, "part")} had no validation patients: the last epoch was kept, and no threshold was chosen.";
    }

    private static string AbsentSomewhere(FinishedRun run, IReadOnlyList<Predictions> models)
    {
        var sites = FindingRunFigures.BySite([models[0]], run.Cohort).ToArray();
        if (sites.Length < 2)
            return "";
        return string.Join(
            ", ",
            sites.SelectMany(s =>
                s.Models[0]
                    .Classes.Where(
                        (_, f) =>
                            new FindingTruth(s.Models[0], f) is var truth
                            && (truth.Positives == 0 || truth.Positives == truth.Shows.Count)
                    )
                    .Select(name => $"{name} at {s.Site}")
            )
        );
    }

    /// <summary>Findings whose threshold validation images could not choose.</summary>
    private static string FellBack(FinishedRun run)
    {
        var lost = run
            .Parts.Where(p => p.Description.Thresholds is not null && File.Exists(ValidationOf(p)))
            .SelectMany(part =>
            {
                var validated = Predictions.Read(ValidationOf(part));
                return validated
                    .Classes.Where(
                        (_, f) =>
                            new FindingTruth(validated, f) is var truth
                            && (truth.Positives == 0 || truth.Positives == truth.Shows.Count)
                    )
                    .Select(name => run.NameOf(part) is { Length: > 0 } named ? $"{name} in {named}" : name);
            });
        return string.Join(", ", lost);
    }

    private static string ValidationOf(FinishedPart part) => Path.Combine(part.Folder, "validation.csv");

    private static string? Listed(IEnumerable<FindingFigures> findings, Func<FindingFigures, string>? more = null)
    {
        var names = string.Join(", ", findings.Select(f => f.Finding + more?.Invoke(f)));
        return names.Length > 0 ? names : null;
    }
}
