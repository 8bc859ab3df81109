using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.MultiStage;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class MultiStageMethod : IMethod, IReportsRuns
{
    public string Name => "multi-stage";

    public IRecipe Read(RecipeNode node) => MultiStageRecipe.Read(node);

    public IRunReport Report { get; } = new MultiStageReport();
}
