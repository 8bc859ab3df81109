using System.CommandLine;
using System.Globalization;
using Coverslip.App.Cluster;
using Coverslip.App.Studies;
using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Models;
using Coverslip.Learning.Studies;
using Coverslip.Torch;

namespace Coverslip.App.Commands;

/// <summary>A study as Slurm does it: a job that prepares, a task to each model and part, a job that makes the tables.</summary>
internal static class StudySlurm
{
    private const string Tables = "merge";

    /// <summary>What one of the scripts asks for; nobody else has a use for it.</summary>
    internal static readonly Option<string?> Step = new("--step") { Hidden = true };

    static StudySlurm() =>
        Step.Validators.Add(result =>
        {
            if (
                result.Tokens is [var word]
                && word.Value is not (ClusterStage.Prepare or Tables)
                && !(int.TryParse(word.Value, out var cell) && cell > 0)
            )
                result.AddError($"--step is '{word.Value}'; it is prepare, merge or the number of a cell");
        });

    /// <summary>Submits a study.</summary>
    internal static int Submit(
        ParseResult parsed,
        ClusterRequest request,
        (StudyRecipe Study, StudyFolder Folder) study,
        IReadOnlyList<(StudyGroup Group, Split Part)> groups
    )
    {
        var need = ClusterNeed.IsAsked(parsed, request)
            ? NeedOf(study.Study, groups[0], DeviceOption.Of(parsed))
            : null;
        var cells = StudyCells.Of(study.Study, groups);
        ClusterTask[] tasks = [.. cells.Select((cell, i) => new ClusterTask(i + 1, cell.Title, 0))];
        return Submission.Run(
            study.Folder.Path,
            new ClusterCall(TaskCall.Words(parsed), request, DeviceOption.Word(parsed)),
            [
                ClusterStage
                    .Of(
                        ClusterStage.Prepare,
                        "what all cells share: splits, masks, pre-training",
                        "--step",
                        ClusterStage.Prepare
                    )
                    .With(need is null ? null : need with { Longest = null }),
                // What is made of other cells comes after them, as an array of its own.
                .. cells
                    .Zip(tasks)
                    .GroupBy(c => c.First.Level, c => c.Second)
                    .Select(level =>
                        new ClusterStage(
                            level.Key == 0 ? "cells" : $"cells-{level.Key + 1}",
                            [.. level],
                            ["--step", ClusterStage.Number]
                        ).With(need, groups[0].Part.Parts.Count)
                    ),
                ClusterStage.Of(ClusterStage.Merge, "tables and the page", "--step", Tables),
            ]
        );
    }

    /// <summary>What the script of a stage asks for: masks and recipes of all groups, or one cell. Returns what failed.</summary>
    internal static IReadOnlyList<string> Run(
        string step,
        StudyRecipe study,
        IReadOnlyList<(StudyGroup Group, Split Part)> groups,
        CellPlace place,
        CancellationToken stop
    )
    {
        StudyRunner Runner(StudyGroup group, Split part) =>
            new(new StudyInput(study, group.Cohort, part, group.Folder, place));
        if (step == ClusterStage.Prepare)
        {
            foreach (var (group, part) in groups)
                Runner(group, part).Prepare(stop);
            return [];
        }
        var (cells, number) = (StudyCells.Of(study, groups), int.Parse(step, CultureInfo.InvariantCulture));
        if (number > cells.Count)
            return
            [
                $"--step is {number}, and the study has {cells.Count} cells: it was submitted with another recipe; submit it again",
            ];
        var cell = cells[number - 1];
        Console.Error.WriteLine(cell.Title);
        return Runner(cell.Group, cell.Split).Run(cell.Run, cell.Part, stop);
    }

    /// <summary>What the most demanding model needs; null where none can be estimated before others are trained.</summary>
    private static TaskNeed? NeedOf(StudyRecipe study, (StudyGroup Group, Split Part) first, Device device)
    {
        var needs = new List<TaskNeed>();
        foreach (var run in study.AllRuns.Where(r => r.Pretraining.Length == 0 && !r.After.Any()))
        {
            var recipe = run.Recipe;
            if (
                recipe.Stages.Count == 0
                || recipe.Needs.Any(file => !Path.Exists(Learning.Backbones.WeightsFolder.Resolve(file)))
            )
                continue;
            Console.Error.Write($"{run.Title}: ");
            needs.Add(
                TrainPreflight.Tell(
                    recipe,
                    RecipeCohort.Of(recipe, first.Group.Cohort),
                    first.Part,
                    device,
                    elsewhere: true
                )
            );
        }
        return needs.Count == 0
            ? null
            : new TaskNeed(
                needs.Max(n => n.Memory),
                needs.Exists(n => n.Longest is null) ? null : needs.Max(n => n.Longest)
            );
    }
}
