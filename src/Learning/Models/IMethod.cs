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

    /// <summary>
    /// Trivial models that this method has for what a recipe, its own or another method's, is asked; none by default. Every
    /// study shows them beside its models.
    /// </summary>
    IReadOnlyList<Baseline> Baselines(IRecipe judged) => [];
}

/// <summary>A trivial model, which one that is worth anything beats.</summary>
/// <param name="Name">In tables.</param>
/// <param name="Text">Its recipe, or what is laid over the recipe of a model that it stands beside.</param>
/// <param name="LaidOver">Whether it is the latter.</param>
public sealed record Baseline(string Name, string Text, bool LaidOver = false)
{
    /// <summary>Whether it says the same, or anything at random, whatever it is shown: its figures are what chance is.</summary>
    public bool IsChance { get; init; }
}
