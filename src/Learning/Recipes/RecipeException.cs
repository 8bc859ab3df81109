namespace Coverslip.Learning.Recipes;

/// <summary>A recipe that cannot be used: the file, the key, its value, and what would be right.</summary>
public sealed class RecipeException(string message) : Exception(message);
