using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Studies;

namespace Coverslip.App.Studies;

/// <summary>
/// A cohort that a study neither learns from nor chooses by: after it, <c>predict</c> shows it to the one model that the
/// study's validation patients choose, into <c>external/MODEL/</c>.
/// </summary>
internal sealed class ExternalCohort
{
    private readonly StudyRecipe study;
    private readonly Cohort cohort;
    private readonly string[] known; // patients with a name that the study's cohort has, too

    private ExternalCohort(StudyRecipe study, Cohort cohort, string[] known) =>
        (this.study, this.cohort, this.known) = (study, cohort, known);

    /// <summary>Looks at the cohort before anything is trained.</summary>
    /// <param name="study">The study.</param>
    /// <param name="cohort">The external one.</param>
    /// <param name="others">What the study's models learn from.</param>
    /// <exception cref="InvalidDataException">It shares an image with one of them, or has a class that none has.</exception>
    /// <exception cref="RecipeException">The study's models, or its groups, cannot be shown another cohort.</exception>
    internal static ExternalCohort Checked(StudyRecipe study, Cohort cohort, params IReadOnlyList<Cohort> others)
    {
        if (study.DividedBy.Length > 0)
            throw new RecipeException(
                $"external: the study has a table for each {study.DividedBy}, and one model is chosen of one table; leave 'by' (or 'train_patients') or 'external' out"
            );
        if (study.Runs.FirstOrDefault(r => r.Recipe is ISegmentsImages) is { } segments)
            throw new RecipeException(
                $"external: {segments.Model} segments, and tells no class of images or slides; predict the cohort with its run and judge it with "
                    + "'coverslip evaluate segmentation', and leave 'external' out"
            );
        foreach (var other in others)
            SharedImages.Refuse(
                cohort,
                other,
                "an external cohort is of images that no model has seen; leave it out of one of them"
            );
        if (
            study.Runs[0].Recipe.Findings is null
            && cohort.Classes.Except(others[0].Classes).FirstOrDefault() is { } odd
        )
            throw new InvalidDataException(
                $"{cohort.Path} has the class '{odd}', and {others[0].Path} has {string.Join(", ", others[0].Classes)}; call the same thing the same"
            );
        string[] known =
        [
            .. cohort
                .Rows.Select(r => r.Patient)
                .Intersect(others[0].Rows.Select(r => r.Patient))
                .Order(StringComparer.Ordinal),
        ];
        if (known.Length > 0)
            Console.Error.WriteLine(
                $"warning: {known.Length} patients of {cohort.Path} have names of {others[0].Path} ({string.Join(", ", known.Take(3))}{(known.Length > 3 ? " …" : "")}); if they are the same people, the external figures are inflated"
            );
        return new ExternalCohort(study, cohort, known);
    }

    /// <summary>The chosen model's figures; null where the study is not finished, or nothing may be predicted and nothing is.</summary>
    /// <param name="group">The study's cohort and folder.</param>
    /// <param name="parts">How many parts its split has.</param>
    /// <param name="place">Where to predict; null: nothing is predicted.</param>
    /// <exception cref="IOException">The prediction failed, or the folder holds that of another model or cohort.</exception>
    internal StudyExternal? Judge(StudyGroup group, int parts, CellPlace? place)
    {
        if (StudyChoice.Of(study, parts, group.Folder.Run) is not { } choice)
        {
            Console.Error.WriteLine($"external: {cohort.Path} is predicted when every part of every model is done");
            return null;
        }
        var (run, own) = (choice.Run, group.Folder.At("external", choice.Run.Name));
        var contents = new Fingerprint().AddCohort(cohort);
        foreach (var folder in RunFolder(group, run, parts))
            contents.AddStart(Path.GetFileName(folder), folder);
        using var claim = group.Folder.Await("external", default);
        var figures = RunFigures.Read(own);
        if (figures is not null)
            RunContents.Check(own, contents, $"delete {own} to predict it again");
        else if (place is null)
            return null;
        else
        {
            Predict(group.Folder.Run(run), own, group.Folder.At("logs", $"external-{run.Name}.log"), place);
            figures = ExternalFigures.Of(
                run,
                RunDescriptionOf(group, run, parts),
                RecipeCohort.Of(run.Recipe, cohort),
                own
            );
            RunContents.Keep(own, contents, anew: true);
            figures.Write(own);
        }
        return new StudyExternal(choice, cohort.Path, figures)
        {
            Internal = ExternalFigures.Internal(
                new FinishedRun(group.Folder.Run(run), RecipeCohort.Of(run.Recipe, group.Cohort)),
                figures
            ),
            Caution =
                known.Length > 0
                    ? $"{known.Length} external patients have names of the study's ({string.Join(", ", known.Take(5))}): if they are the same people, the external figures are inflated."
                    : "",
        };
    }

    private static IEnumerable<string> RunFolder(StudyGroup group, StudyRun run, int parts) =>
        Enumerable.Range(0, parts).Select(p => TrainingSession.PartFolder(group.Folder.Run(run), p, parts));

    private static RunDescription RunDescriptionOf(StudyGroup group, StudyRun run, int parts) =>
        RunDescription.Read(Path.Combine(RunFolder(group, run, parts).First(), "run.json"));

    private void Predict(string run, string own, string log, CellPlace place)
    {
        Console.Error.WriteLine($"external: {Path.GetFileName(run)} predicts {cohort.Path}");
        var call = new ChildCall(log);
        var code = call.Run(
            [
                "predict",
                run,
                "--cohort",
                cohort.Path,
                "--out",
                ExternalFigures.Predicted(own),
                "--device",
                place.Device,
            ],
            place
        );
        StopSignal.Current.ThrowIfCancellationRequested();
        if (code != 0)
            throw new IOException(
                $"external: {Path.GetFileName(run)} could not predict {cohort.Path}: {call.Reason(code)} (log: {call.Log}); the same command tries again"
            );
    }
}
