using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.Classical;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class ClassicalMethod : IMethod
{
    public string Name => "classical";

    public IRecipe Read(RecipeNode node) => ClassicalRecipe.Read(node);
}
