using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Models;

/// <summary>One published method, as everything outside its folder sees it.</summary>
public interface IMethod
{
    /// <summary>The word after <c>method:</c> in a recipe.</summary>
    string Name { get; }

    /// <summary>A recipe's lines for the keys that have no default; empty, the default: all have one.</summary>
    string Required => "";

    /// <summary>Reads a recipe; every key of the method is asked for, so that unknown ones can be refused.</summary>
    /// <exception cref="RecipeException">A value outside its range.</exception>
    IRecipe Read(RecipeNode node);
}
