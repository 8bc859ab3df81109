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

    /// <summary>The recipe of a run; null where it is of another method.</summary>
    internal static TumorDetectionRecipe? Of(string text, string file)
    {
        var node = RecipeNode.Parse(text, file);
        return node.Peek("method") == Word ? node.ReadSome(TumorDetectionRecipe.Read) : null;
    }

    public IRunReport Report { get; } = new TumorDetectionReport();
}
