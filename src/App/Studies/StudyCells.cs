using Coverslip.Evaluation.Splits;
using Coverslip.Learning.Studies;

namespace Coverslip.App.Studies;

/// <summary>A model on an input and a part of the split, of a group of the study.</summary>
/// <param name="Group">The group.</param>
/// <param name="Split">Its share of the split.</param>
/// <param name="Run">The model and input.</param>
/// <param name="Part">The part, from 0.</param>
/// <param name="Level">How many cells one after the other have to be finished before it.</param>
internal sealed record StudyCell(StudyGroup Group, Split Split, StudyRun Run, int Part, int Level)
{
    /// <summary>"gated, masked, part 2".</summary>
    internal string Title => $"{(Group.Name.Length > 0 ? $"{Group.Name}: " : "")}{Run.Title}, part {Part + 1}";
}

/// <summary>All cells of a study in the order in which they can be trained, which does not depend on what is done already.</summary>
internal static class StudyCells
{
    /// <summary>Those first that need no others, and of these part by part.</summary>
    internal static IReadOnlyList<StudyCell> Of(
        StudyRecipe study,
        IReadOnlyList<(StudyGroup Group, Split Part)> groups
    ) =>
        [
            .. (
                from g in groups
                from part in Enumerable.Range(0, g.Part.Parts.Count)
                from run in study.AllRuns
                select new StudyCell(g.Group, g.Part, run, part, LevelOf(study, run))
            ).OrderBy(cell => cell.Level),
        ];

    /// <summary>The runs that have to be finished first, on the same input and kind of split.</summary>
    internal static IEnumerable<StudyRun> Before(StudyRecipe study, StudyRun run) =>
        run.After.Select(name =>
            study.AllRuns.First(r => (r.Model, r.Input, r.ImageWise) == (name, run.Input, run.ImageWise))
        );

    private static int LevelOf(StudyRecipe study, StudyRun run) =>
        Before(study, run).Select(before => LevelOf(study, before) + 1).DefaultIfEmpty(0).Max();
}
