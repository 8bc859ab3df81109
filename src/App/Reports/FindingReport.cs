using System.Xml.Linq;
using Coverslip.App.Commands;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Detection;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;

namespace Coverslip.App.Reports;

/// <summary><c>report.html</c> of a run that tells findings: figures, places, sites, curves, recipe, in one file.</summary>
internal static class FindingReport
{
    /// <summary>Writes it into the run folder.</summary>
    /// <param name="folder">The run folder, finished.</param>
    /// <param name="cohort">The cohort as the recipe takes it.</param>
    /// <returns>The file's path.</returns>
    internal static string Write(string folder, Cohort cohort)
    {
        var title = $"Report of {Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))}";
        string[] parts = Directory.Exists(Path.Combine(folder, "part-1"))
            ?
            [
                .. Directory
                    .GetDirectories(folder, "part-*")
                    .OrderBy(p => p.Length)
                    .ThenBy(p => p, StringComparer.Ordinal),
            ]
            : [folder];
        var finished = parts.Where(p => File.Exists(Path.Combine(p, "predictions.csv"))).ToArray();
        var tested = finished.SelectMany(p => Read(p).Rows).ToArray();
        // Parts whose test patients overlap are judged one by one; folds together.
        var together = tested.DistinctBy(r => r.Image).Count() == tested.Length;
        var sections = together
            ? [Figures("Figures", Read(finished[0]) with { Rows = tested }, cohort, finished)]
            : finished.Select(p => Figures(Path.GetFileName(p), Read(p), cohort, [p])).ToList();
        sections.AddRange(finished.SelectMany(p => Curves(p, finished.Length > 1 ? Path.GetFileName(p) : "")));
        sections.Add(
            Html.Section("recipe", "Recipe", Html.Tag("pre", File.ReadAllText(Path.Combine(folder, "recipe.yaml"))))
        );
        var path = Path.Combine(folder, "report.html");
        WholeFile.Write(path, Html.Document(title, [Html.Tag("h1", title), .. sections]));
        return path;
    }

    private static Predictions Read(string part) => Predictions.Read(Path.Combine(part, "predictions.csv"));

    private static XElement Figures(string name, Predictions read, Cohort cohort, IReadOnlyList<string> parts)
    {
        var predictions = read.Within(cohort);
        var evaluation = FindingEvaluation.Of(predictions);
        return Html.Section(
            $"figures-{name}",
            name,
            Html.Note(
                $"{evaluation.Images} test images of {evaluation.Patients} patients that the models never saw; 95 % intervals over patients. Chance is an AUC of 0.5."
            ),
            Table(FindingTables.Heads, FindingTables.Rows(evaluation)),
            Sites(predictions, cohort),
            Places(cohort, parts)
        );
    }

    private static XElement? Sites(Predictions predictions, Cohort cohort)
    {
        if (!cohort.FurtherColumns.Contains("site"))
            return null;
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
                        EvaluateCommand.Text(each.MeanAuc),
                        .. each.Findings.Select(f => EvaluateCommand.Text(f.Auc)),
                    ];
            });
        return Html.Tag(
            "div",
            Html.Tag("h3", "AUC by site"),
            Table(["site", "images", "mean", .. predictions.Classes], [.. rows])
        );
    }

    private static XElement? Places(Cohort cohort, IReadOnlyList<string> parts)
    {
        var boxes = Path.Combine(cohort.Folder, "boxes.csv");
        string[] files = [.. parts.Select(p => Path.Combine(p, "activations.csv")).Where(File.Exists)];
        if (!File.Exists(boxes) || files.Length == 0)
            return null;
        var activations = files.SelectMany(ActivationFile.Read).ToArray();
        var known = BoxesFile.Read(boxes, cohort);
        var pairs = known.Select(b => (b.Image, b.Label)).ToHashSet();
        if (!activations.Any(a => pairs.Contains((a.Image, a.Label))))
            return null;
        return Html.Tag(
            "div",
            Html.Tag("h3", "Where findings are seen"),
            Html.Note(
                "Hit rate: the map's maximum lies in a box. IoU: with the box around the map above half its maximum."
            ),
            Table(FindingTables.LocationHeads, FindingTables.Rows(Localisation.Judge(activations, known, cohort)))
        );
    }

    private static IEnumerable<XElement> Curves(string part, string name)
    {
        foreach (var (folder, what) in new[] { (Path.Combine(part, "patches"), "patches"), (part, "whole images") })
        {
            var file = Path.Combine(folder, "metrics.csv");
            if (!File.Exists(file) || EpochTable.Read(file)["validation_loss"] is null)
                continue;
            var curve = LearningCurve.Read(folder) with { Name = what };
            var heading = name.Length > 0 ? $"{name}, {what}" : what;
            yield return Html.Section(
                $"curve-{name}-{what.Replace(' ', '-')}",
                $"Training on {heading}",
                CurvesPlot.Of([curve], curve.Losses.Min()).Draw()
            );
        }
    }

    private static XElement Table(IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows) =>
        Html.Table(
            [.. heads.Select((h, i) => new Column(h, Number: i > 0))],
            rows.Select(r => (IReadOnlyList<object?>)[.. r])
        );
}
