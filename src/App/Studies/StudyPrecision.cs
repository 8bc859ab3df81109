using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Studies;
using Coverslip.Methods;
using Coverslip.Torch;

namespace Coverslip.App.Studies;

/// <summary>
/// The one precision of all models of a study that say auto: their batches are timed together, so that no model is compared
/// with another in other numbers. It is kept in the study's folder, and the recipes of the cells name it.
/// </summary>
internal static class StudyPrecision
{
    /// <summary>The study with what is kept, or is chosen now, in place of auto; and what stands of it below the table.</summary>
    /// <param name="study">The study.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="cohort">What it is trained on.</param>
    /// <param name="device">Where, for a call that trains; null for one that does not, which takes float32 until something is kept.</param>
    /// <param name="stop">Stops between batches.</param>
    internal static (StudyRecipe Study, string? Note) Chosen(
        StudyRecipe study,
        StudyFolder folder,
        Cohort cohort,
        Device? device,
        CancellationToken stop
    )
    {
        AutoText[] asked =
        [
            .. study
                .Runs.Select(r => Asked(r.Text, r.Name))
                .Concat(study.Pretrainings.Select(p => Asked(p.Text, p.Name))),
        ];
        if (!Array.Exists(asked, a => a.Asks))
            return (study, null);
        var made = new Fingerprint().Add("recipes", [.. asked.Select(a => a.Text)]).Add("classes", cohort.Classes);
        var begun = Directory.Exists(folder.At("runs")) || Directory.Exists(folder.At("groups"));
        var auto = new AutoPrecision(folder.Path, made.Hash, begun);
        var choice = auto.Kept;
        if (begun && choice is null && device is not null)
            throw new IOException(
                $"{folder.Path} keeps no {PrecisionChoice.FileName}, which says what precision: auto came to when the study was begun; its recipes, in {folder.At("recipes")}, name the precision: give that with --set training.precision=float32 or bfloat16"
            );
        if (choice is null && device is { } here)
            choice = auto.Choose(Timed(study, asked, cohort), here, 1, stop);
        if (choice is not null)
            Console.Error.WriteLine(
                $"precision {choice.Words}, of all models that say auto together; {folder.At(PrecisionChoice.FileName)} keeps the choice, another machine may choose otherwise"
            );
        var precision = choice?.Precision ?? Precision.Float32;
        var chosen = study with
        {
            Runs = [.. study.Runs.Select(run => With(run, precision))],
            Pretrainings = [.. study.Pretrainings.Select(p => With(p, precision))],
        };
        return (chosen, choice is null ? null : $"Precision of models that say auto: {choice.Words}.");
    }

    private static AutoText Asked(string text, string name) => AutoText.Of(text, name, Known.Methods);

    /// <summary>The stages that ask, of models whose weights are here.</summary>
    private static (INetworkRecipe, int)[] Timed(StudyRecipe study, IReadOnlyList<AutoText> asked, Cohort cohort) =>
        [
            .. study
                .Runs.Select(r => r.Recipe)
                .Concat(study.Pretrainings.Select(p => p.Recipe))
                .Zip(asked)
                .Where(r => r.Second.Asks && r.First.Needs.All(file => Path.Exists(WeightsFolder.Resolve(file))))
                .SelectMany(r =>
                    r.Second.Timed(r.First)
                        .Select(stage => (stage.Recipe, RecipeCohort.Of(r.First, cohort).Classes.Count))
                ),
        ];

    private static StudyRun With(StudyRun run, Precision precision)
    {
        var tried = run with { Tried = [.. run.Tried.Select(t => With(t, precision))] };
        return Read(run.Text, run.Name, precision) is { } read
            ? tried with
            {
                Text = read.Text,
                Recipe = read.Recipe,
            }
            : tried;
    }

    private static Pretraining With(Pretraining pretraining, Precision precision) =>
        Read(pretraining.Text, pretraining.Name, precision) is { } read
            ? pretraining with
            {
                Text = read.Text,
                Recipe = read.Recipe,
            }
            : pretraining;

    /// <summary>A recipe with a precision in place of auto; null of one that does not say auto.</summary>
    private static (string Text, IRecipe Recipe)? Read(string text, string name, Precision precision)
    {
        var asked = Asked(text, name);
        if (!asked.Asks)
            return null;
        var told = asked.With(precision);
        return (told, Known.Methods.Parse(told, name));
    }
}
