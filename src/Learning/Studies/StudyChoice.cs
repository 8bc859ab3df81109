using System.Globalization;
using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Studies;

/// <summary>
/// The model that a study's own validation patients choose, for a cohort that no choice may depend on. Trivial models are not
/// chosen among; of rates that are tried each is a candidate.
/// </summary>
/// <param name="Run">The chosen one.</param>
/// <param name="Why">By which figure, with those of the others.</param>
public sealed record StudyChoice(StudyRun Run, string Why)
{
    /// <summary>Null before every part of every model is finished: what came last would not have been chosen among.</summary>
    /// <param name="study">The study.</param>
    /// <param name="parts">How many parts its split has.</param>
    /// <param name="folderOf">The run folder of what is trained.</param>
    /// <exception cref="RecipeException">No model has a validation figure.</exception>
    public static StudyChoice? Of(StudyRecipe study, int parts, Func<StudyRun, string> folderOf)
    {
        var candidates = study
            .Runs.Where(r => !r.IsBaseline)
            .SelectMany(r => r.Trained)
            .Select(run =>
                (
                    Run: run,
                    Parts: Enumerable
                        .Range(0, parts)
                        .Select(p => new RunFolder(TrainingSession.PartFolder(folderOf(run), p, parts), make: false))
                        .ToArray()
                )
            )
            .ToArray();
        if (candidates.Any(c => c.Parts.Any(p => !File.Exists(p.Description))))
            return null;
        var measured = Rulers(study)
            .Select(ruler =>
                (
                    Ruler: ruler,
                    Figures: candidates
                        .Select(c => (c.Run, Values: c.Parts.Select(ruler.Of).OfType<double>().ToArray()))
                        .Where(c => c.Values.Length == parts)
                        .Select(c => (c.Run, Mean: c.Values.Average()))
                        .ToArray()
                )
            )
            .ToArray();
        // One that all models have, else the first that any has.
        var (by, figures) = measured.FirstOrDefault(
            m => m.Figures.Length == candidates.Length,
            measured.FirstOrDefault(m => m.Figures.Length > 0)
        );
        if (figures is not { Length: > 0 })
            throw new RecipeException(
                "external: no model leaves a figure of validation patients in its parts (validation.csv, metrics.csv), so that none can be chosen; leave external out, and predict the other cohort with the model that you chose before (predict RUN --cohort)"
            );
        var chosen = by.LowerIsBetter ? figures.MinBy(f => f.Mean).Run : figures.MaxBy(f => f.Mean).Run;
        var without = candidates
            .Select(c => c.Run)
            .Where(r => figures.All(f => f.Run != r))
            .Select(r => r.Title)
            .ToArray();
        return new StudyChoice(
            chosen,
            $"{by.Words} ({(by.LowerIsBetter ? "the lower the better; " : "")}{string.Join(", ", figures.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Run.Title} {f.Mean:0.000}")))})"
                + (
                    without.Length > 0
                        ? $"; without such a figure and not chosen among: {string.Join(", ", without)}"
                        : ""
                )
        );
    }

    /// <summary>A figure of a part's validation patients.</summary>
    private sealed record Ruler(string Words, Func<RunFolder, double?> Of, bool LowerIsBetter);

    private static Ruler[] Rulers(StudyRecipe study) =>
        [
            new(
                $"mean {study.Figure.Words} of validation patients",
                study.Figure.OfValidation,
                study.Figure.LowerIsBetter
            ),
            new("mean validation AUC of the best epoch", p => AtBest(p, "validation_auc"), LowerIsBetter: false),
            // Not the loss that was descended: a hinge loss and a cross-entropy have no scale in common.
            new(
                "mean log loss of validation patients",
                p => File.Exists(p.Validation) ? StudyRates.LogLoss(Predictions.Read(p.Validation)) : null,
                LowerIsBetter: true
            ),
        ];

    private static double? AtBest(RunFolder part, string column)
    {
        if (!File.Exists(part.Metrics))
            return null;
        var best = RunDescription.Read(part.Description).BestEpoch.ToString(CultureInfo.InvariantCulture);
        var table = CsvTable.Read(part.Metrics);
        var (epoch, at) = (table.IndexOf("epoch"), table.IndexOf(column));
        return epoch >= 0 && at >= 0 && table.Rows.FirstOrDefault(r => r.Fields[epoch] == best) is { } row
            ? table.Number(row, at)
            : null;
    }
}
