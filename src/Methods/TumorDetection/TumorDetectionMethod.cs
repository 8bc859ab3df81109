using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.TumorDetection;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class TumorDetectionMethod : IMethod, IReportsRuns
{
    public string Name => "tumor-detection";

    public IRecipe Read(RecipeNode node) => TumorDetectionRecipe.Read(node);

    public IRunReport Report { get; } = new TumorDetectionReport();
}
