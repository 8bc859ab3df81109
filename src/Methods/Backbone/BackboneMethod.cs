using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.Backbone;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class BackboneMethod : IMethod
{
    public string Name => "backbone";

    public string Required => "network: {name: resnet-50}";

    public IRecipe Read(RecipeNode node) => BackboneRecipe.Read(node);
}
