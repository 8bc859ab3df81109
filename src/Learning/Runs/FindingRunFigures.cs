using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.Learning.Runs;

/// <summary>
/// Figures of models that tell findings, as runs keep them: means over the findings, the AUC of each, and the mean AUC at
/// each of the cohort's sites.
/// </summary>
public static class FindingRunFigures
{
    /// <summary>The column of the cohort that says where an image was taken.</summary>
    public const string SiteColumn = "site";

    private const string GroupColumn = "group"; // has a meaning of its own, and is not among the further ones

    private static readonly string[] Means = ["mean_auc", "mean_sensitivity", "mean_specificity"];

    /// <summary>Keys that every run of such findings has.</summary>
    public static IReadOnlyList<string> Keys(IEnumerable<string> findings) =>
        [.. Means, .. findings.Select(f => $"auc_{Word(f)}")];

    /// <summary>Of one model, or the mean over several that tested the same patients.</summary>
    /// <param name="models">Decided predictions of their test images.</param>
    /// <param name="cohort">Whose images they are.</param>
    /// <exception cref="InvalidDataException">Predictions that do not fit.</exception>
    public static RunFigures Of(IReadOnlyList<Predictions> models, Cohort cohort)
    {
        var whole = FindingEvaluation.Of(models);
        return new RunFigures(
            [
                (Means[0], whole.MeanAuc),
                (Means[1], whole.MeanSensitivity),
                (Means[2], whole.MeanSpecificity),
                .. whole.Findings.Select(f => ($"auc_{Word(f.Finding)}", f.Auc)),
                .. BySite(models, cohort)
                    .Select(s => ($"auc_at_{Word(s.Site)}", FindingEvaluation.Of(s.Models).MeanAuc)),
            ],
            [("images", whole.Images), ("patients", whole.Patients)]
        );
    }

    /// <summary>Whether a cohort has a column by whose values figures can be given apart.</summary>
    public static bool HasSites(Cohort cohort, string column) => SiteOf(cohort, column) is not null;

    private static Func<CohortRow, string>? SiteOf(Cohort cohort, string column) =>
        cohort.HasFurther(column) ? row => cohort.Further(row, column)!
        : column.Equals(GroupColumn, StringComparison.OrdinalIgnoreCase) && cohort.Rows.Any(r => r.Group is not null)
            ? row => row.Group ?? ""
        : null;

    /// <summary>The models' predictions of each value of a column; nothing where the cohort has no such column.</summary>
    public static IEnumerable<(string Site, IReadOnlyList<Predictions> Models)> BySite(
        IReadOnlyList<Predictions> models,
        Cohort cohort,
        string column = SiteColumn
    )
    {
        if (SiteOf(cohort, column) is not { } value)
            yield break;
        var siteOf = cohort.Rows.ToDictionary(r => r.Image, value, StringComparer.Ordinal);
        var sites = models.SelectMany(m => m.Rows).Select(r => siteOf[r.Image]).Distinct();
        foreach (var site in sites.Order(StringComparer.Ordinal))
            yield return (
                site,
                [
                    .. models
                        .Select(m => m with { Rows = [.. m.Rows.Where(r => siteOf[r.Image] == site)] })
                        .Where(m => m.Rows.Count > 0),
                ]
            );
    }

    private static string Word(string name) => name.Replace(' ', '_');
}
