using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.TumorDetection;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class TumorDetectionMethod : IMethod, IReportsRuns
{
    private const string Word = "tumor-detection";

    public string Name => Word;

    public IRecipe Read(RecipeNode node) => TumorDetectionRecipe.Read(node);

    /// <summary>What slides can be told by without seeing how tissue is built.</summary>
    public IReadOnlyList<Baseline> Baselines(IRecipe judged) => judged is TumorDetectionRecipe ? [Colors] : [];

    private static Baseline Colors { get; } =
        new(
            "color of patches",
            """
            network: {name: mean-color, width: 1, context: 1, dropout: 0, auxiliary: false, weights: "", scaling: symmetric, trainable: all, rate_decay: 1}
            training: {optimizer: adam, rate: 0.01, schedule: constant}
            """,
            LaidOver: true
        );

    /// <summary>The recipe of a run; null where it is of another method.</summary>
    internal static TumorDetectionRecipe? Of(string text, string file)
    {
        var node = RecipeNode.Parse(text, file);
        return node.Peek("method") == Word ? node.ReadSome(TumorDetectionRecipe.Read) : null;
    }

    public IRunReport Report { get; } = new TumorDetectionReport();
}
