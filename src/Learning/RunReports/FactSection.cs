using System.Globalization;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Reports;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.RunReports;

/// <summary>What the run was made of, so that it can be made again: facts, parts, recipe.</summary>
internal static class FactSection
{
    internal static ReportSection Of(ReportedRun run)
    {
        var first = run.First;
        IReadOnlyList<Cell>[] facts =
        [
            [
                "Cohort",
                $"{run.Cohort.Path} ({FigureText.Count(run.Cohort.Rows.Count, "image")} "
                    + $"of {FigureText.Count(run.Cohort.PatientImages.Count, "patient")})",
            ],
            ["Cohort hash (SHA-256)", new Words(first.CohortHash, WordStyle.Code)],
            ["Divided", first.ImageWise ? Split.InflatedNote : "patients"],
            ["Classes", string.Join(", ", first.Classes)],
            ["Positive class", first.Positive ?? FigureText.None],
            [
                "Parameters of the network",
                first.Parameters > 0 ? first.Parameters.ToString("N0", CultureInfo.InvariantCulture) : FigureText.None,
            ],
            ["Versions", string.Join("; ", run.Parts.Select(p => p.Description.Versions).Distinct())],
            .. first.Precision is { } choice
                ? (IReadOnlyList<Cell>[])
                    [
                        ["Precision", choice.Words],
                    ]
                : [],
            ["Stain", Stain(run)],
            ["Images without valid mask", $"{run.MostEmptyMasks} of {first.Images}"],
        ];
        return ReportSection.Of(
            "facts",
            "How it was made",
            [
                new Table([new("Fact"), new("Value")], facts),
                new Subheading(run.Parts.Count > 1 ? "Part by part" : "Training"),
                new Table(
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
                    [.. run.Parts.Select(Part)]
                ),
                new Note(
                    "“Weights moved” is how far the weights ended from where they began, relative to their length. "
                        + "Without a threshold the most probable class is taken."
                ),
                .. run.Run.Recipe is { } recipe
                    ? (ReportBlock[])[new Subheading("Recipe"), new Preformatted(recipe)]
                    : [],
            ]
        );
    }

    private static string Stain(ReportedRun run) =>
        !File.Exists(Path.Combine(run.Run.Folder, StoredRun.StainName)) ? "as it is"
        : run.First.StainsKept == 0 ? $"brought to that of {StoredRun.StainName}"
        : $"brought to that of {StoredRun.StainName}, but for {FigureText.Count(run.First.StainsKept, "image")} "
            + "without a stain that can be measured";

    private static IReadOnlyList<Cell> Part(ReportedPart part)
    {
        var facts = part.Description;
        return
        [
            $"{facts.Part} of {facts.Parts}",
            $"{facts.Seed}",
            $"{facts.Epochs}",
            $"{facts.BestEpoch + 1}",
            FigureText.Time(facts.TrainingSeconds),
            string.Create(CultureInfo.InvariantCulture, $"{facts.PeakMemory:N0} MiB"),
            facts.WeightsMoved is { } moved ? $"{FigureText.Short(100 * moved)} %" : FigureText.None,
            facts.Threshold is { } threshold ? FigureText.Number(threshold) : FigureText.None,
        ];
    }
}
