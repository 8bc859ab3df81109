using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.Curriculum;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class CurriculumMethod : IMethod, IReportsRuns
{
    public string Name => "curriculum";

    public string Required => "network: {name: resnet-50}\nfindings: [nodule, effusion]";

    public IRecipe Read(RecipeNode node) => CurriculumRecipe.Read(node);

    public IRunReport Report { get; } = new CurriculumReport();
}
