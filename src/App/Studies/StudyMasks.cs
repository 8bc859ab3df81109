using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Masks;
using Coverslip.Learning.Studies;

namespace Coverslip.App.Studies;

/// <summary>The masks that models of a study share, and what they leave of the images.</summary>
internal static class StudyMasks
{
    /// <summary>Whether a model's masks are computed.</summary>
    internal static bool Has(InputOptions options) =>
        options is { Form: not InputForm.Raw, Masks: MaskSource.Computed };

    /// <summary>A name for what decides the masks; the same masks serve all runs that agree on it.</summary>
    internal static string KeyOf(InputOptions options) =>
        Has(options)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileNameWithoutExtension(options.MaskRules)}-{options.MaskScale}-{options.MaskChannels}-{options.MaskSteps}{StainKey(options)}"
            )
            : "none";

    /// <summary>What the masks of all models leave, for the table's note; null where no model has computed ones.</summary>
    internal static string? NoteOf(StudyRecipe study, IEnumerable<StudyFolder> groups)
    {
        string[] notes =
        [
            .. groups.SelectMany(folder =>
                study
                    .Runs.Where(r => Has(r.Recipe.Input))
                    .GroupBy(r => KeyOf(r.Recipe.Input))
                    .Select(g =>
                        MaskSummary.Of(folder.Masks(g.Key), g.First().Recipe.Input.MaskSteps) is { } summary
                            ? $"Masks of {string.Join("; ", g.Select(r => r.Model).Distinct())}: {summary.InWords}"
                            : null
                    )
                    .OfType<string>()
            ),
        ];
        return notes.Length == 0 ? null : string.Join(' ', notes);
    }

    /// <summary>
    /// Rows of a group with what their masks leave of its images: those that a study computed, and those of the cohort's column.
    /// </summary>
    internal static IReadOnlyList<StudyRow> Beside(IReadOnlyList<StudyRow> rows, StudyGroup group)
    {
        var known = new Dictionary<string, MaskSummary?>(StringComparer.Ordinal);
        return [.. rows.Select(row => row with { Facts = row.Facts with { Masks = Of(row.Run.Recipe.Input) } })];

        MaskSummary? Of(InputOptions input)
        {
            if (!Has(input) && !input.NeedsMaskColumn)
                return null;
            var key = KeyOf(input);
            if (!known.TryGetValue(key, out var found))
                known[key] = found = Has(input)
                    ? MaskSummary.Of(group.Folder.Masks(key), input.MaskSteps)
                    // Turned by half a turn masks have the same areas.
                    : MaskSummary.OfColumn(group.Cohort);
            return found;
        }
    }

    private static string StainKey(InputOptions options)
    {
        if (!options.Restained)
            return "";
        var what = new Fingerprint()
            .AddFile("stain", options.Stain)
            .Add("method", $"{options.StainMethod}")
            .Add("refused", $"{options.StainRefused}");
        return $"-stain-{what.Hash[..8]}";
    }
}
