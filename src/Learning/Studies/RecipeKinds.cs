using Coverslip.Files;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Studies;

/// <summary>Every kind of recipe that there is, and what a file says of its keys.</summary>
public static class RecipeKinds
{
    /// <summary>The methods in their order, and then what picks among recipes, and studies.</summary>
    public static IReadOnlyList<RecipeKind> Of(MethodList methods) =>
        [
            .. methods.All.Select(method => new RecipeKind(method.Name, methods.Declared(method))),
            new RecipeKind(StartChoice.Key, StartChoice.Declared()),
            new RecipeKind("study", StudyRecipe.Declared(methods)),
        ];

    /// <summary>Every key that applies to a recipe of a method or of a study, with what its file says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="methods">The methods that there are.</param>
    /// <param name="note">Told what is read as something else than it says.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="RecipeException">An unknown method or key, or a value outside its range.</exception>
    public static IReadOnlyList<RecipeKey> Explain(string path, MethodList methods, Action<string>? note = null)
    {
        var (text, file) = (TextFile.Read(path), Path.GetFileName(path));
        var named = RecipeNode.Parse(text, file).Keys;
        var (kind, keys) =
            named.Contains("study") ? ("study", StudyRecipe.Explain(path, methods, note))
            : named.Contains(StartChoice.Key) ? (StartChoice.Key, StartChoice.Explain(text, file))
            : (methods.Of(text, file).Name, methods.Explain(text, file, note));
        var required = Of(methods).Single(k => k.Name == kind).Keys.Where(k => k.Required).Select(k => k.Path);
        return [.. keys.Select(k => k with { Required = required.Contains(k.Path) })];
    }
}
