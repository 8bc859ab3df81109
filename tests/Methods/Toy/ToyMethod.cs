using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.Tests.Toy;

/// <summary>A method as another program would bring it: this folder, and a line in a list.</summary>
internal sealed class ToyMethod : IMethod
{
    public string Name => "toy";

    public IRecipe Read(RecipeNode node) => ToyRecipe.Read(node);
}
