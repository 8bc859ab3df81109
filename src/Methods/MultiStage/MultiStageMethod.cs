using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.MultiStage;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class MultiStageMethod : IMethod, IReportsRuns
{
    public string Name => "multi-stage";

    public IRecipe Read(RecipeNode node) => MultiStageRecipe.Read(node);

    /// <summary>What patches can be told by without seeing how tissue is built, or what lies beside them; and by nothing.</summary>
    public IReadOnlyList<Baseline> Baselines(IRecipe judged) => judged is MultiStageRecipe ? [Colors, Chance] : [];

    private static Baseline Colors { get; } =
        new(
            "color of patches",
            """
            learning: classifier
            network: {name: mean-color, width: 1, dropout: 0, weights: "", scaling: unit, trainable: all, rate_decay: 1}
            training: {optimizer: adam, rate: 0.01, schedule: constant}
            """,
            LaidOver: true
        );

    private static Baseline Chance { get; } =
        new("random heatmap", "learning: chance\npatches: {prior: drawn}", LaidOver: true) { IsChance = true };

    public IRunReport Report { get; } = new MultiStageReport();
}
