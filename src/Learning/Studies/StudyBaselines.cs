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
    internal static IEnumerable<StudyRun> Of(IReadOnlyList<StudyRun> models, MethodList methods)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var method in methods.All)
        foreach (var model in models)
        foreach (var baseline in method.Baselines(model.Recipe))
            if (names.Add(baseline.Name))
                yield return Run(baseline, model, methods);
    }

    private static StudyRun Run(Baseline baseline, StudyRun model, MethodList methods)
    {
        var own = RecipeNode.Mapping(baseline.Text, baseline.Name);
        var text = YamlText.Over(baseline.LaidOver ? RecipeNode.Mapping(model.Text, model.Name) : own, own);
        var recipe = methods.Parse(text, baseline.Name);
        return new StudyRun(
            baseline.Name,
            baseline.LaidOver ? model.Input : Words.Kebab($"{recipe.Input.Form}"),
            text,
            recipe
        )
        {
            IsBaseline = true,
        };
    }
}
