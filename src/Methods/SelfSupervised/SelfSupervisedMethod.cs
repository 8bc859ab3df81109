using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class SelfSupervisedMethod : IMethod
{
    internal const string Word = "self-supervised";

    public string Name => Word;

    public IRecipe Read(RecipeNode node) => SelfSupervisedRecipe.Read(node);
}
