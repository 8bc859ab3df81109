using Coverslip.Evaluation.Cohorts;
using Coverslip.Files;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Methods;

namespace Coverslip.App.Commands;

/// <summary>What a recipe and a cohort come to: a cohort may pick among recipes, and decide settings of one.</summary>
internal static class StartRecipe
{
    /// <summary>Refuses a recipe that cannot be read, before the cohort is.</summary>
    /// <exception cref="RecipeException">With what is wrong.</exception>
    internal static void Check(string path, IReadOnlyList<string> settings)
    {
        var (text, file) = (YamlText.OfFile(path, settings), Path.GetFileName(path));
        if (StartChoice.Is(text, file))
            StartChoice.Read(TextFile.Read(path), file);
        else
            Known.Methods.Parse(text, file);
    }

    /// <summary>The recipe's text for a cohort, and where it stands; what is picked or decided, and why, is told.</summary>
    /// <param name="path">The recipe file.</param>
    /// <param name="settings">As of <c>--set</c>; what they say is not decided by the cohort.</param>
    /// <param name="cohort">The cohort.</param>
    /// <exception cref="RecipeException">No recipe fits the cohort.</exception>
    internal static (string Text, string Path) For(string path, IReadOnlyList<string> settings, Cohort cohort)
    {
        var (stored, file) = (TextFile.Read(path), Path.GetFileName(path));
        if (StartChoice.Is(stored, file))
        {
            var (recipe, why) = StartChoice.Read(stored, file).For(cohort);
            Console.Error.WriteLine($"picked the recipe {recipe}: {why}");
            path = RecipeFolder.Find(recipe);
        }
        var text = YamlText.OfFile(path, settings);
        if (Known.Methods.Parse(text, Path.GetFileName(path)) is not IFitsCohort fits)
            return (text, path);
        var given = settings.Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        FittedSetting[] fitted = [.. fits.Fit(cohort).Where(f => !given.Contains(KeyOf(f.Setting)))];
        foreach (var same in fitted.GroupBy(f => f.Why))
            Console.Error.WriteLine($"{string.Join(", ", same.Select(f => f.Setting))}: {same.Key}");
        return (YamlText.With(text, Path.GetFileName(path), [.. fitted.Select(f => f.Setting)]), path);
    }

    private static string KeyOf(string setting) => setting.Split('=')[0];
}
