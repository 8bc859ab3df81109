using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Reports;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;

namespace Coverslip.Methods.Curriculum;

/// <summary>A run that tells findings: cautions, figures, curves, places, sites, radiographs, training, recipe.</summary>
internal sealed class CurriculumReport : IRunReport
{
    public IEnumerable<ReportBlock> Summary(FinishedRun run) =>
        TestedSets.Of(run).SelectMany(tested => FindingTables.Told(FindingEvaluation.Of(tested)));

    /// <summary>Folds together; of parts that share patients the mean over their models.</summary>
    public RunFigures? Together(FinishedRun run) => FindingRunFigures.Of(TestedSets.Of(run), run.Cohort);

    public Report Page(FinishedRun run)
    {
        var tested = TestedSets.Of(run);
        var evaluation = FindingEvaluation.Of(tested);
        FinishedPart[] parts = [.. run.Parts.Where(p => File.Exists(p.Predictions))];
        return new Report(
            run.Title,
            [
                .. FindingSections.Of(run, tested, evaluation),
                .. CaseSection.Of(run, parts) is { } cases ? [cases] : Array.Empty<ReportSection>(),
                .. parts.Select(p => Curves(p, run.NameOf(p))).OfType<ReportSection>(),
                new ReportSection("recipe", "Recipe", [new Preformatted(run.Recipe!)]),
            ]
        )
        {
            Head =
            [
                new ResultText(Sentence(tested.Count, evaluation)),
                .. FindingCautions.Of(run, tested, evaluation).Select(c => new Warning(c)),
            ],
        };
    }

    /// <summary>How the models' parts learned on whole images, on common plots.</summary>
    public ReportSection? SideBySide(string id, Cohort cohort, IReadOnlyList<NamedPart> parts)
    {
        LearningCurve[] curves =
        [
            .. parts
                .Where(p => CurriculumMethod.OfRun(p.Folder) is not null && IsValidated(p.Folder))
                .Select(p => LearningCurve.Read(p.Folder) with { Name = p.Name }),
        ];
        return curves.Length == 0
            ? null
            : ReportSection.Of(
                id,
                "Training on whole images",
                new Note(
                    "Each model's first part. Epochs of a model for which patches or further whole images are among them have more steps; the table has all steps."
                ),
                new Plots(CurvesPlot.Of(curves))
            );
    }

    private static string Sentence(int models, FindingEvaluation evaluation)
    {
        var who = models == 1 ? "models that never saw them" : $"{models} models that never saw them, on average";
        return $"On {FigureText.Count(evaluation.Images, "image")} of {FigureText.Count(evaluation.Patients, "patient")}, judged by {who}, "
            + $"the mean AUC over {FigureText.Count(evaluation.Findings.Count, "finding")} is {FigureText.WithInterval(evaluation.MeanAuc)}, where 0.5 is chance; "
            + $"the mean sensitivity is {FigureText.WithInterval(evaluation.MeanSensitivity)}, the mean specificity {FigureText.WithInterval(evaluation.MeanSpecificity)}.";
    }

    private static ReportSection? Curves(FinishedPart part, string name)
    {
        var steps = new[]
        {
            (Folder: Path.Combine(part.Folder, LesionPatches.Folder), What: "patches"),
            (part.Folder, What: "whole images"),
        }
            .Where(s => IsValidated(s.Folder))
            .ToArray();
        if (steps.Length == 0)
            return null;
        var heading = name.Length > 0 ? $" of {name}" : "";
        return ReportSection.Of(
            $"curves-{name.Replace(' ', '-')}",
            $"Training{heading}",
            steps.SelectMany(s =>
                (ReportBlock[])
                    [
                        new Subheading($"On {s.What}"),
                        new Plots(CurvesPlot.Of([LearningCurve.Read(s.Folder) with { Name = s.What }])),
                    ]
            )
        );
    }

    private static bool IsValidated(string folder) =>
        Path.Combine(folder, "metrics.csv") is var file
        && File.Exists(file)
        && EpochTable.Read(file)["validation_loss"] is not null;
}
