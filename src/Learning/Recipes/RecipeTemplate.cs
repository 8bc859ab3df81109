using System.Text;

namespace Coverslip.Learning.Recipes;

/// <summary>A recipe with every key at its default, each under a comment that says what it is.</summary>
public static class RecipeTemplate
{
    /// <summary>The recipe's text, which <c>train</c> accepts as it is.</summary>
    public static string Of(RecipeKind kind)
    {
        var text = new StringBuilder();
        text.Append($"# Every key of {kind.Name} at its default; a line that is left out means the same.\n");
        var open = "";
        foreach (var key in kind.Keys)
        {
            if (key.Section != open)
                text.Append($"\n{key.Section}:\n");
            open = key.Section;
            var indent = open.Length > 0 ? "  " : "";
            if (key.Name == "method")
                text.Append($"method: {kind.Name}\n\n");
            else
                text.Append($"{indent}# {Comment(key)}\n{indent}{key.Name}: {ValueText.Of(key.Default)}\n");
        }
        return text.ToString();
    }

    private static string Comment(RecipeKey key) =>
        $"{key.Explained}{(key.Range.Length > 0 ? $": {key.Range}" : "")}{(key.Required ? "; required" : "")}";
}
