using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;
using Coverslip.Learning.StoredFeatures;

namespace Coverslip.Methods.Bags;

/// <summary>
/// A label to each slide or patient, and no outline: multiple-instance learning over stored features, from the mean of a bag to
/// attention, CLAM and TransMIL.
/// </summary>
internal sealed class BagsMethod : IMethod, IReportsRuns
{
    public string Name => "bags";

    public IRecipe Read(RecipeNode node) => BagsRecipe.Read(node);

    /// <summary>
    /// What a bag's class can be told by without any model of tissue, judged bag by bag as the study's models are; of files of features,
    /// which hold no pixels, the classes' shares alone.
    /// </summary>
    public IReadOnlyList<Baseline> Baselines(IRecipe judged) =>
        judged is BagsRecipe recipe
            ?
            [
                new("majority class of bags", Text(recipe, FeatureKind.None, c: 1)) { IsChance = true },
                new("mean color of bags", Text(recipe, FeatureKind.MeanColor, c: 1)),
            ]
            : [];

    /// <summary>A pooled model of the bags that the recipe makes, of which it knows next to nothing.</summary>
    private static string Text(BagsRecipe recipe, FeatureKind known, double c) =>
        $$"""
            method: bags
            input: {height: {{recipe.Input.Height}}, width: {{recipe.Input.Width}}}
            decision: {positive: "{{recipe.Decision.Positive}}"}
            features: {kind: {{Words.Kebab($"{known}")}}}
            bags: {kind: mean, of: {{Words.Kebab($"{recipe.Bags.Of}")}}, label: {{Words.Kebab(
                $"{recipe.Bags.Label}"
            )}}, c: [{{c}}]}
            training: {class_weights: {{(known == FeatureKind.None ? "none" : "balanced")}}}
            """;

    public IRunReport Report { get; } = new BagsReport();
}
