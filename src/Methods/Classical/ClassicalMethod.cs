using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.Classical;

/// <summary>The method as everything outside this folder sees it.</summary>
internal sealed class ClassicalMethod : IMethod, IReportsRuns
{
    public string Name => "classical";

    public IRecipe Read(RecipeNode node) => ClassicalRecipe.Read(node);

    public IRunReport Report { get; } =
        new ClassifierReport
        {
            Fitting = part =>
                ChosenSettings.Of(
                    part,
                    "Settings, and what the validation patients said of them; the chosen one was kept as it was fitted."
                ),
        };
}
