using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Studies;

/// <summary>Every kind of recipe that there is, and what a file says of its keys.</summary>
public static class RecipeKinds
{
    /// <summary>The methods in their order, and then studies.</summary>
    public static IReadOnlyList<RecipeKind> Of(MethodList methods) =>
        [
            .. methods.All.Select(method => new RecipeKind(method.Name, methods.Declared(method))),
            new RecipeKind("study", StudyRecipe.Declared(methods)),
        ];

    /// <summary>Every key that applies to a recipe of a method or of a study, with what its file says.</summary>
    /// <exception cref="RecipeException">An unknown method or key, or a value outside its range.</exception>
    public static IReadOnlyList<RecipeKey> Explain(string path, MethodList methods)
    {
        var (text, file) = (File.ReadAllText(path), Path.GetFileName(path));
        return RecipeNode.Parse(text, file).Keys.Contains("study")
            ? StudyRecipe.Explain(path, methods)
            : methods.Explain(text, file);
    }
}
