using Coverslip.App.Progress;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Splits;
using Coverslip.Files;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Studies;

namespace Coverslip.App.Studies;

/// <summary>Trains what models of a study start from, on a cohort that shares no image with the study's.</summary>
internal static class PretrainedRuns
{
    /// <summary>
    /// Trains what is missing, each on all but a fifth of the patients, which tests, and a share that validates.
    /// </summary>
    /// <param name="study">The study.</param>
    /// <param name="cohort">What to train on.</param>
    /// <param name="studied">The study's cohort.</param>
    /// <param name="folder">The study's folder.</param>
    /// <param name="place">Where to train.</param>
    internal static void Train(StudyRecipe study, Cohort cohort, Cohort studied, StudyFolder folder, CellPlace place)
    {
        SharedImages.Refuse(
            cohort,
            studied,
            "test patients would be known from pre-training; pre-train on another cohort"
        );
        var source = cohort.Path;
        cohort = StudyCohorts.Sampled(cohort, study.PretrainImages, study.Seed, folder.At("pretraining"));
        foreach (var pretraining in study.Pretrainings)
        {
            using var claim = folder.Await($"pretraining-{pretraining.Folder}", default);
            var run = folder.Pretrained(pretraining);
            var recipe = folder.At("pretraining", pretraining.Folder + ".yaml");
            StudyFolder.Keep(recipe, pretraining.Text, $"pretraining {pretraining.Name}");
            if (File.Exists(Path.Combine(run, "run.json")))
            {
                RunContents.Check(
                    run,
                    RunContents.Of(pretraining.Recipe, RecipeCohort.Of(pretraining.Recipe, cohort)),
                    "give the cohort that it was begun on with --pretrain-on, or choose another --out"
                );
                continue;
            }
            Console.Error.WriteLine($"pre-training {pretraining.Name} on {source}");
            var split = folder.At("pretraining", "split.json");
            Split(study, pretraining, cohort).Save(split);
            var call = new ChildCall(folder.At("logs", $"pretraining-{pretraining.Folder}.log"));
            var code = call.Run(
                [
                    "train",
                    recipe,
                    "--cohort",
                    cohort.Path,
                    "--split",
                    split,
                    "--out",
                    run,
                    "--resume",
                    "--device",
                    place.Device,
                ],
                place
            );
            StopSignal.Current.ThrowIfCancellationRequested();
            if (code != 0)
                throw new IOException($"pre-training {pretraining.Name} failed: {call.Reason(code)} (log: {call.Log})");
        }
        WholeFile.Write(
            folder.At("pretraining", "cohort.txt"),
            FormattableString.Invariant(
                $"{cohort.Rows.Count} images of {cohort.PatientImages.Count} patients, {source}\n"
            )
        );
    }

    /// <summary>What the study's networks were pre-trained on; null where nothing was.</summary>
    internal static string? NoteOf(StudyFolder folder) =>
        folder.At("pretraining", "cohort.txt") is var file && File.Exists(file)
            ? $"Pre-trained means: trained by this study on {File.ReadAllText(file).Trim()}; not on ImageNet."
            : null;

    private static Split Split(StudyRecipe study, Pretraining pretraining, Cohort cohort) =>
        new(
            SplitKind.Random,
            cohort.Hash,
            study.Seed,
            [KFoldSplits.Draw(cohort.PatientImages, 5, pretraining.Recipe.Split.ValidationShare, study.Seed)[0]]
        );
}
