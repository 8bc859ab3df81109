using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.TumorDetection;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class TumorDetectionMethod : IMethod
{
    internal const string Word = "tumor-detection";

    public string Name => Word;

    public IRecipe Read(RecipeNode node) => TumorDetectionRecipe.Read(node);
}
