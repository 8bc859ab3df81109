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
    public IRecipe Load(string path) => Parse(TextFile.Read(path), Path.GetFileName(path));

    /// <summary>Reads a recipe's text.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">Names it in errors.</param>
    /// <param name="note">Told what is read as something else than it says.</param>
    /// <exception cref="RecipeException">An unknown method or key, or a value outside its range.</exception>
    public IRecipe Parse(string text, string file, Action<string>? note = null)
    {
        var node = RecipeNode.Parse(text, file);
        var recipe = Read(node, file);
        foreach (var told in node.Notes)
            note?.Invoke(told);
        return recipe;
    }

    /// <summary>Every key that applies to a recipe, with what it says.</summary>
    /// <exception cref="RecipeException">An unknown method or key, or a value outside its range.</exception>
    internal IReadOnlyList<RecipeKey> Explain(string text, string file, Action<string>? note = null)
    {
        var node = RecipeNode.Parse(text, file);
        Read(node, file);
        foreach (var told in node.Notes)
            note?.Invoke(told);
        return node.Declared;
    }

    /// <summary>Every key of a method, in the order in which a recipe is best written.</summary>
    internal IReadOnlyList<RecipeKey> Declared(IMethod method) =>
        [
            .. Explain(Example(method), method.Name)
                .Select(k => k with { Required = k.Value is not null, Default = k.Value ?? k.Default, Value = null }),
        ];

    /// <summary>The method of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public IMethod Named(string name) =>
        methods.FirstOrDefault(m => m.Name == AmericanSpelling.Of(name))
        ?? throw new ArgumentException($"there is no method '{name}'; the nearest is '{Nearest(name)}'");

    /// <summary>The shortest recipe of a method.</summary>
    internal string Example(IMethod method) => $"method: {method.Name}\n{method.Required}";

    /// <summary>The method that a recipe's text names.</summary>
    /// <exception cref="RecipeException">An unknown method, or none.</exception>
    public IMethod Of(string text, string file) => Of(RecipeNode.Parse(text, file), file);

    private IRecipe Read(RecipeNode node, string file) => node.Read(whole => Of(whole, file).Read(whole));

    private IMethod Of(RecipeNode node, string file)
    {
        var name = node.Spelled("method", node.Text("method", "", "Which method reads the rest"));
        if (name.Length == 0 && node.Peek("study") is { Length: > 0 })
            throw new RecipeException($"{file} is a study; 'coverslip study' runs it");
        if (name.Length == 0 && node.Keys.Contains(StartChoice.Key))
            throw new RecipeException($"{file} picks a recipe for a cohort; 'coverslip train' takes it");
        return methods.FirstOrDefault(m => m.Name == name)
            ?? throw (
                name.Length == 0
                    ? new RecipeException(
                        $"{file}: the key 'method' is missing; known methods: {string.Join(", ", methods.Select(m => m.Name))}"
                    )
                    : node.Wrong("method", name, $"the nearest known one is '{Nearest(name)}'")
            );
    }

    private string? Nearest(string name) => NearestName.Of(AmericanSpelling.Of(name), methods.Select(m => m.Name));
}
