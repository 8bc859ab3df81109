using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;

namespace Coverslip.Methods.Curriculum;

/// <summary>Figures of findings: table and curves, site by site, and where they are seen.</summary>
internal static class FindingSections
{
    /// <summary>Of parts whose test patients overlap all figures are means over their models; folds count together.</summary>
    internal static IEnumerable<ReportSection> Of(
        FinishedRun run,
        IReadOnlyList<Predictions> models,
        FindingEvaluation evaluation
    )
    {
        (string Site, IReadOnlyList<Predictions> Models)[] sites = [.. FindingRunFigures.BySite(models, run.Cohort)];
        var plots = FindingRoc.Of(models, sites);
        yield return ReportSection.Of(
            "figures",
            "Figures",
            new Note(
                $"{evaluation.Images} test images of {evaluation.Patients} patients that the models never saw; 95 % intervals over patients. Chance is an AUC of 0.5."
                    + (
                        models.Count > 1
                            ? $" Means over {models.Count} models, a draw of patients being one for all."
                            : ""
                    )
            ),
            FindingTables.Of(evaluation)
        );
        if (Sides(run) is { } sides)
            yield return ReportSection.Of(
                "patients",
                "Patients",
                new Note(
                    $"Of the split{(run.SplitParts > 1 ? "'s first part" : "")}; patients by finding, a patient with several in each."
                ),
                sides
            );
        yield return ReportSection.Of(
            "curves-roc",
            "ROC curves",
            new Note(
                "Points: as decided."
                    + (
                        models.Count > 1 ? " A curve for each model."
                        : sites.Length > 1 ? " Dashed: each site, of more than five the first."
                        : ""
                    )
            ),
            new Plots(plots)
        );
        if (sites.Length > 0)
            yield return ReportSection.Of("sites", "AUC by site", Sites(sites, models[0].Classes));
        if (Places(run) is { } places)
            yield return ReportSection.Of(
                "places",
                "Where findings are seen",
                new Note(
                    "Hit rate: the map's maximum lies in a box. IoU: with the box around the map above half its maximum."
                ),
                FindingTables.Of(places)
            );
    }

    /// <summary>How many patients teach, validate and test; null where the run has no split.</summary>
    private static Table? Sides(FinishedRun run)
    {
        var file = Path.Combine(run.Folder, "split.json");
        if (!File.Exists(file))
            return null;
        var part = Split.LoadParts(file)[0];
        static string Patients(IEnumerable<CohortRow> rows) => $"{rows.Select(r => r.Patient).Distinct().Count()}";
        return Table.OfLines(
            [
                ["side", "images", "patients", "without finding", .. run.Cohort.Classes],
                .. Enum.GetValues<SplitSide>()
                    .Select(side =>
                    {
                        var rows = part.Rows(run.Cohort, side);
                        return (IReadOnlyList<string>)
                            [
                                $"{side}".ToLowerInvariant(),
                                $"{rows.Count}",
                                Patients(rows),
                                Patients(rows.Where(r => r.Findings is { Count: 0 })),
                                .. run.Cohort.Classes.Select(f => Patients(rows.Where(r => r.Shows(f)))),
                            ];
                    }),
            ],
            text: 1
        );
    }

    private static Table Sites(
        IEnumerable<(string Site, IReadOnlyList<Predictions> Models)> sites,
        IReadOnlyList<string> findings
    ) =>
        Table.OfLines(
            [
                ["site", "images", "patients", "mean", .. findings],
                .. sites.Select(s =>
                {
                    var each = FindingEvaluation.Of(s.Models);
                    return (IReadOnlyList<string>)
                        [
                            s.Site,
                            $"{each.Images}",
                            $"{each.Patients}",
                            FigureText.WithInterval(each.MeanAuc),
                            .. each.Findings.Select(f => FigureText.WithInterval(f.Auc)),
                        ];
                }),
            ],
            text: 1
        );

    private static IReadOnlyList<LocalisationFigures>? Places(FinishedRun run)
    {
        string[] files =
        [
            .. run.Parts.Select(p => new RunFolder(p.Folder, make: false).Activations).Where(File.Exists),
        ];
        var known = CaseSection.BoxesOf(run);
        if (known.Count == 0 || files.Length == 0)
            return null;
        var activations = files.SelectMany(ActivationFile.Read).ToArray();
        var pairs = known.Select(b => (b.Image, b.Label)).ToHashSet();
        return activations.Any(a => pairs.Contains((a.Image, a.Label)))
            ? Localisation.Judge(activations, known, run.Cohort)
            : null;
    }
}
