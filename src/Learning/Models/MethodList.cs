using Coverslip.Files;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Models;

/// <summary>The methods that recipes may name; the <c>method</c> key says which one reads the rest.</summary>
public sealed class MethodList(IReadOnlyList<IMethod> methods)
{
    /// <summary>In the order of the documentation.</summary>
    public IReadOnlyList<IMethod> All => methods;

    /// <summary>Reads a recipe file.</summary>
    /// <exception cref="RecipeException">An unknown method or key, or a value outside its range.</exception>
    public IRecipe Load(string path) => Parse(File.ReadAllText(path), Path.GetFileName(path));

    /// <summary>Reads a recipe's text; <paramref name="file"/> names it in errors.</summary>
    /// <exception cref="RecipeException">An unknown method or key, or a value outside its range.</exception>
    public IRecipe Parse(string text, string file)
    {
        var node = RecipeNode.Parse(text, file);
        var recipe = Of(node, file).Read(node);
        node.Finish();
        return recipe;
    }

    /// <summary>The method that a recipe's text names.</summary>
    /// <exception cref="RecipeException">An unknown method, or none.</exception>
    public IMethod Of(string text, string file) => Of(RecipeNode.Parse(text, file), file);

    private IMethod Of(RecipeNode node, string file)
    {
        var name = node.Text("method", "");
        if (name.Length == 0 && node.Text("study", "").Length > 0)
            throw new RecipeException($"{file} is a study; 'coverslip study' runs it");
        var names = methods.Select(m => m.Name);
        return methods.FirstOrDefault(m => m.Name == name)
            ?? throw new RecipeException(
                name.Length == 0
                    ? $"{file}: the key 'method' is missing; known methods: {string.Join(", ", names)}"
                    : $"{file}: method is '{name}'; the nearest known one is '{NearestName.Of(name, names)}'"
            );
    }
}
