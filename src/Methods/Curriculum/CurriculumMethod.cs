using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.Curriculum;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class CurriculumMethod : IMethod, IReportsRuns
{
    private const string Word = "curriculum";

    public string Name => Word;

    public string Required => "network: {name: resnet-50}\nfindings: [nodule, effusion]";

    public IRecipe Read(RecipeNode node) => CurriculumRecipe.Read(node);

    /// <summary>What radiographs can be told by without seeing what lies where.</summary>
    public IReadOnlyList<Baseline> Baselines(IRecipe judged) => judged is CurriculumRecipe ? [Colors] : [];

    private static Baseline Colors { get; } =
        new(
            "brightness and contrast",
            """
            standardize: none
            network: {name: mean-color, width: 1, weights: "", scaling: published, trainable: all, rate_decay: 1}
            patches: {epochs: 0}
            training: {optimizer: adam, rate: 0.01, schedule: constant}
            """,
            LaidOver: true
        );

    /// <summary>The recipe of a run of this method, or of a part of one; null of another method's.</summary>
    internal static CurriculumRecipe? OfRun(string folder)
    {
        string[] files = [Path.Combine(folder, "recipe.yaml"), Path.Combine(folder, "..", "recipe.yaml")];
        if (files.FirstOrDefault(File.Exists) is not { } file)
            return null;
        var node = RecipeNode.Parse(File.ReadAllText(file), file);
        return node.Peek("method") == Word ? node.ReadSome(CurriculumRecipe.Read) : null;
    }

    public IRunReport Report { get; } = new CurriculumReport();
}
