using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class SelfSupervisedMethod : IMethod, IReportsRuns
{
    internal const string Word = "self-supervised";

    public string Name => Word;

    public IRecipe Read(RecipeNode node) => SelfSupervisedRecipe.Read(node);

    public IRunReport Report { get; } = new SelfSupervisedReport();
}
