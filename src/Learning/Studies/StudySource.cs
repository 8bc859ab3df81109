using Coverslip.Files;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using YamlDotNet.RepresentationModel;

namespace Coverslip.Learning.Studies;

/// <summary>What every recipe of a study is made of.</summary>
/// <param name="Path">The study's file, to which recipes lie relative.</param>
/// <param name="Methods">The methods whose recipes it may name.</param>
/// <param name="Settings">Laid over every recipe last.</param>
internal sealed record StudySource(string Path, MethodList Methods, IReadOnlyList<YamlMappingNode> Settings)
{
    /// <summary>Laid over every recipe first.</summary>
    internal YamlMappingNode? Common { get; init; }

    /// <summary>Text of every recipe; null: that of the file which an entry names.</summary>
    internal string? Recipe { get; init; }

    internal Action<string>? Note { get; init; }

    /// <summary>The text of the recipe that an entry names, its own changes and others laid over it.</summary>
    internal string Text(RecipeNode node, params IEnumerable<YamlMappingNode?> others)
    {
        var name = node.Text(
            "recipe",
            "",
            "Recipe file, relative to the study's folder, or the name of a recipe that comes with the program"
        );
        var with = node.Raw("with", "Laid over the recipe");
        if (Recipe is not null)
            return YamlText.Over(RecipeNode.Mapping(Recipe, name), others);
        var file = Find(node, name);
        var recipe = RecipeNode.Mapping(TextFile.Read(file), System.IO.Path.GetFileName(file));
        return YamlText.Over(recipe, [Common, with, .. others, .. Settings]);
    }

    /// <summary>A file beside the study goes first, as one where the user is does for <c>train</c>.</summary>
    private string Find(RecipeNode node, string name)
    {
        var file = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!, name);
        if (Array.Find([file, file + BundledRecipes.Extension], File.Exists) is { } own)
            return own;
        if (BundledRecipes.Find(name) is not { } bundled)
            throw node.Wrong(
                "recipe",
                name,
                $"there is no file {file}: recipes lie relative to the study's folder; and none of that name comes with the program, the "
                    + $"nearest is '{NearestName.Of(BundledRecipes.NameOf(name), BundledRecipes.Names)}' ('coverslip recipes' lists them)"
            );
        Note?.Invoke($"recipe {name}: {bundled}, which comes with the program");
        return bundled;
    }
}
