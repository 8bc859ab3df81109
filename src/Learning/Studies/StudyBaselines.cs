using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Studies;

/// <summary>The trivial models of a study, which stand below its own in every table: methods say which, no recipe does.</summary>
internal static class StudyBaselines
{
    /// <summary>The key of a study that leaves them out.</summary>
    internal const string Key = "baselines";

    /// <summary>
    /// Of what the study's models are asked. One that is laid over a model's recipe takes the first model of its method.
    /// </summary>
    /// <param name="models">The study's own.</param>
    /// <param name="source">The methods, and who is told of one that does not go with the model's recipe.</param>
    internal static IEnumerable<StudyRun> Of(IReadOnlyList<StudyRun> models, StudySource source)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var method in source.Methods.All)
        foreach (var model in models)
        foreach (var baseline in method.Baselines(model.Recipe))
            if (names.Add(baseline.Name) && Run(baseline, model, source) is { } run)
                yield return run;
    }

    private static StudyRun? Run(Baseline baseline, StudyRun model, StudySource source)
    {
        var own = RecipeNode.Mapping(baseline.Text, baseline.Name);
        var text = YamlText.Over(baseline.LaidOver ? RecipeNode.Mapping(model.Text, model.Name) : own, own);
        IRecipe recipe;
        try
        {
            recipe = source.Methods.Parse(text, baseline.Name);
        }
        catch (RecipeException error)
        {
            source.Note?.Invoke($"baseline left out: {error.Message}");
            return null;
        }
        return new StudyRun(
            baseline.Name,
            baseline.LaidOver ? model.Input : Words.Kebab($"{recipe.Input.Form}"),
            text,
            recipe
        )
        {
            IsBaseline = true,
            IsChance = baseline.IsChance,
        };
    }
}
