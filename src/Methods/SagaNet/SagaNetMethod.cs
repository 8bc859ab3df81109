using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.SagaNet;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class SagaNetMethod : IMethod
{
    public string Name => "saganet";

    public IRecipe Read(RecipeNode node) => SagaNetRecipe.Read(node);
}
