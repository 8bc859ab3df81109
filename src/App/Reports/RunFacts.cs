using System.Globalization;
using System.Xml.Linq;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Runs;

namespace Coverslip.App.Reports;

/// <summary>What the run was made of, so that it can be made again: facts, parts, recipe.</summary>
internal static class RunFacts
{
    public static XElement Of(ReportedRun run)
    {
        var first = run.First;
        IReadOnlyList<object?>[] facts =
        [
            [
                "Cohort",
                $"{run.Cohort.Path} ({Figure.Count(run.Cohort.Rows.Count, "image")} "
                    + $"of {Figure.Count(run.Cohort.PatientImages.Count, "patient")})",
            ],
            ["Cohort hash (SHA-256)", Html.Tag("code", first.CohortHash)],
            ["Divided", first.ImageWise ? Split.InflatedNote : "patients"],
            ["Classes", string.Join(", ", first.Classes)],
            ["Positive class", first.Positive ?? Figure.None],
            [
                "Parameters of the network",
                first.Parameters > 0 ? first.Parameters.ToString("N0", CultureInfo.InvariantCulture) : Figure.None,
            ],
            ["Versions", string.Join("; ", run.Parts.Select(p => p.Description.Versions).Distinct())],
            ["Stain", Stain(run)],
            ["Images without valid mask", $"{first.EmptyMasks} of {first.Images}"],
        ];
        return Html.Section(
            "facts",
            "How it was made",
            Html.Table([new("Fact"), new("Value")], facts),
            Html.Tag("h3", run.Parts.Count > 1 ? "Part by part" : "Training"),
            Html.Table(
                [
                    new("Part", true),
                    new("Seed", true),
                    new("Epochs", true),
                    new("Kept epoch", true),
                    new("Time", true),
                    new("Peak memory", true),
                    new("Weights moved", true),
                    new("Threshold", true),
                ],
                run.Parts.Select(Part)
            ),
            Html.Note(
                "“Weights moved” is how far the weights ended from where they began, relative to their length. "
                    + "Without a threshold the most probable class is taken."
            ),
            run.Text("recipe.yaml") is { } recipe
                ? Html.Tag("div", Html.Tag("h3", "Recipe"), Html.Tag("pre", recipe))
                : null
        );
    }

    private static string Stain(ReportedRun run) =>
        !File.Exists(Path.Combine(run.Folder, StoredRun.StainName)) ? "as it is"
        : run.First.StainsKept == 0 ? $"brought to that of {StoredRun.StainName}"
        : $"brought to that of {StoredRun.StainName}, but for {Figure.Count(run.First.StainsKept, "image")} "
            + "without a stain that can be measured";

    private static IReadOnlyList<object?> Part(ReportedPart part)
    {
        var facts = part.Description;
        return
        [
            $"{facts.Part} of {facts.Parts}",
            $"{facts.Seed}",
            $"{facts.Epochs}",
            $"{facts.BestEpoch + 1}",
            Figure.Time(facts.TrainingSeconds),
            string.Create(CultureInfo.InvariantCulture, $"{facts.PeakMemory:N0} MiB"),
            facts.WeightsMoved is { } moved ? $"{Figure.Short(100 * moved)} %" : Figure.None,
            facts.Threshold is { } threshold ? Figure.Number(threshold) : Figure.None,
        ];
    }
}
