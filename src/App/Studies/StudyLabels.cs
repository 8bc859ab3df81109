using Coverslip.Learning.Models;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.Studies;

namespace Coverslip.App.Studies;

/// <summary>What models of a study were mislabeled on purpose, and how much of it unseen predictions contradict.</summary>
internal static class StudyLabels
{
    /// <summary>For the table's note; null where every model was taught what the cohort says.</summary>
    internal static string? NoteOf(StudyRecipe study, IEnumerable<StudyGroup> groups)
    {
        string[] notes =
        [
            .. groups.SelectMany(group =>
                study.Runs.SelectMany(r => r.Trained).Select(run => NoteOf(run, group)).OfType<string>()
            ),
        ];
        return notes.Length == 0
            ? null
            : $"Mislabeled on purpose where it trains or validates (tested by the true labels): {string.Join("; ", notes)}.";
    }

    private static string? NoteOf(StudyRun run, StudyGroup group)
    {
        var folder = group.Folder.Run(run);
        var taught = TaughtLabels.Read(folder);
        if (taught.Count == 0)
            return null;
        var names = string.Join(", ", taught.Keys.Select(image => Path.GetFileNameWithoutExtension(image)));
        var said = $"{run.Title}: {taught.Count} ({names})";
        return
            File.Exists(Path.Combine(folder, Contradictions.FileName))
            && Contradictions.Of(new FinishedRun(folder, RecipeCohort.Of(run.Recipe, group.Cohort))) is { } list
            ? $"{said}, of which the list of contradicted labels, {list.Found.Count} of {list.Judged} long, has {list.Mislabeled.Found}"
            : said;
    }
}
