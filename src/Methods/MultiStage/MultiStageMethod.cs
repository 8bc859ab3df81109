using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.MultiStage;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class MultiStageMethod : IMethod
{
    public string Name => "multi-stage";

    public IRecipe Read(RecipeNode node) => MultiStageRecipe.Read(node);
}
