using Coverslip.Methods.Backbones;
using Coverslip.Methods.Classical;
using Coverslip.Methods.Curriculum;
using Coverslip.Methods.MultiStage;
using Coverslip.Methods.SagaNet;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Methods.Training;
using Coverslip.Methods.TumorDetection;

namespace Coverslip.Methods;

/// <summary>Recipe files: the <c>method</c> key says which method reads the rest.</summary>
public static class Recipes
{
    private static readonly Dictionary<string, Func<RecipeNode, IRecipe>> Methods = new(StringComparer.Ordinal)
    {
        ["saganet"] = SagaNetRecipe.Read,
        ["backbone"] = BackboneRecipe.Read,
        ["curriculum"] = CurriculumRecipe.Read,
        ["classical"] = ClassicalRecipe.Read,
        ["tumor-detection"] = TumorDetectionRecipe.Read,
        ["multi-stage"] = MultiStageRecipe.Read,
        ["self-supervised"] = SelfSupervisedRecipe.Read,
    };

    /// <summary>Reads a recipe file.</summary>
    /// <exception cref="RecipeException">An unknown method or key, or a value outside its range.</exception>
    public static IRecipe Load(string path) => Parse(File.ReadAllText(path), Path.GetFileName(path));

    /// <summary>A recipe file's text with settings such as <c>input.width=192</c> laid over it.</summary>
    /// <exception cref="RecipeException">The file is no YAML mapping, or a setting cannot be read.</exception>
    public static string TextOf(string path, IReadOnlyList<string> settings)
    {
        var text = File.ReadAllText(path);
        return settings.Count == 0
            ? text
            : YamlText.Over(RecipeNode.Mapping(text, Path.GetFileName(path)), [.. settings.Select(YamlText.OfSetting)]);
    }

    /// <summary>Reads a recipe's text; <paramref name="file"/> names it in errors.</summary>
    public static IRecipe Parse(string text, string file)
    {
        var node = RecipeNode.Parse(text, file);
        var method = node.Text("method", "");
        if (method.Length == 0 && node.Text("study", "").Length > 0)
            throw new RecipeException($"{file} is a study; 'coverslip study' runs it");
        if (!Methods.TryGetValue(method, out var read))
            throw new RecipeException(
                method.Length == 0
                    ? $"{file}: the key 'method' is missing; known methods: {string.Join(", ", Methods.Keys)}"
                    : $"{file}: method is '{method}'; the nearest known one is '{Words.Nearest(method, Methods.Keys)}'"
            );
        var recipe = read(node);
        node.Finish();
        return recipe;
    }
}
