using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.Curriculum;

/// <summary>A run that tells findings: figures, places, sites, curves, recipe.</summary>
internal sealed class CurriculumReport : IRunReport
{
    public IEnumerable<ReportBlock> Summary(FinishedRun run) =>
        TestedSets.Of(run).SelectMany(tested => FindingTables.Told(FindingEvaluation.Of(tested)));

    public Report Page(FinishedRun run)
    {
        FinishedPart[] parts = [.. run.Parts.Where(p => File.Exists(p.Predictions))];
        var tested = parts.SelectMany(p => Predictions.Read(p.Predictions).Rows).ToArray();
        // Parts whose test patients overlap are judged one by one; folds together.
        var together = tested.DistinctBy(r => r.Image).Count() == tested.Length;
        var first = Predictions.Read(parts[0].Predictions);
        return new Report(
            run.Title,
            [
                .. together
                    ? [Figures("Figures", first with { Rows = tested }, run.Cohort, parts)]
                    : parts.Select(p => Figures(FolderOf(p), Predictions.Read(p.Predictions), run.Cohort, [p])),
                .. parts.SelectMany(p => Curves(p, parts.Length > 1 ? FolderOf(p) : "")),
                new ReportSection("recipe", "Recipe", [new Preformatted(run.Recipe!)]),
            ]
        );
    }

    private static string FolderOf(FinishedPart part) => Path.GetFileName(part.Folder);

    private static ReportSection Figures(
        string name,
        Predictions read,
        Cohort cohort,
        IReadOnlyList<FinishedPart> parts
    )
    {
        var predictions = read.Within(cohort);
        var evaluation = FindingEvaluation.Of(predictions);
        return ReportSection.Of(
            $"figures-{name}",
            name,
            [
                new Note(
                    $"{evaluation.Images} test images of {evaluation.Patients} patients that the models never saw; 95 % intervals over patients. Chance is an AUC of 0.5."
                ),
                FindingTables.Of(evaluation),
                .. Sites(predictions, cohort),
                .. Places(cohort, parts),
            ]
        );
    }

    private static IEnumerable<ReportBlock> Sites(Predictions predictions, Cohort cohort)
    {
        if (!cohort.FurtherColumns.Contains("site"))
            return [];
        var siteOf = cohort.Rows.ToDictionary(r => r.Image, r => cohort.Further(r, "site")!, StringComparer.Ordinal);
        var rows = predictions
            .Rows.GroupBy(r => siteOf[r.Image])
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g =>
            {
                var each = FindingEvaluation.Of(predictions with { Rows = [.. g] });
                return (IReadOnlyList<string>)
                    [
                        g.Key,
                        $"{each.Images}",
                        FigureText.WithInterval(each.MeanAuc),
                        .. each.Findings.Select(f => FigureText.WithInterval(f.Auc)),
                    ];
            });
        return
        [
            new Subheading("AUC by site"),
            Table.OfLines(
                [
                    ["site", "images", "mean", .. predictions.Classes],
                    .. rows,
                ],
                text: 1
            ),
        ];
    }

    private static IEnumerable<ReportBlock> Places(Cohort cohort, IReadOnlyList<FinishedPart> parts)
    {
        var boxes = Path.Combine(cohort.Folder, "boxes.csv");
        string[] files = [.. parts.Select(p => Path.Combine(p.Folder, "activations.csv")).Where(File.Exists)];
        if (!File.Exists(boxes) || files.Length == 0)
            return [];
        var activations = files.SelectMany(ActivationFile.Read).ToArray();
        var known = BoxesFile.Read(boxes, cohort);
        var pairs = known.Select(b => (b.Image, b.Label)).ToHashSet();
        if (!activations.Any(a => pairs.Contains((a.Image, a.Label))))
            return [];
        var figures = Localisation.Judge(activations, known, cohort);
        return
        [
            new Subheading("Where findings are seen"),
            new Note(
                "Hit rate: the map's maximum lies in a box. IoU: with the box around the map above half its maximum."
            ),
            FindingTables.Of(figures),
        ];
    }

    private static IEnumerable<ReportSection> Curves(FinishedPart part, string name)
    {
        foreach (
            var (folder, what) in new[]
            {
                (Path.Combine(part.Folder, "patches"), "patches"),
                (part.Folder, "whole images"),
            }
        )
        {
            var file = Path.Combine(folder, "metrics.csv");
            if (!File.Exists(file) || EpochTable.Read(file)["validation_loss"] is null)
                continue;
            var curve = LearningCurve.Read(folder) with { Name = what };
            var heading = name.Length > 0 ? $"{name}, {what}" : what;
            yield return new ReportSection(
                $"curve-{name}-{what.Replace(' ', '-')}",
                $"Training on {heading}",
                [CurvesPlot.Of([curve], curve.Losses.Min())]
            );
        }
    }
}
