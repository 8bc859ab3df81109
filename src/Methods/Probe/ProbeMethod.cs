using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.Probe;

/// <summary>
/// A small classifier on the features of a pre-trained network that stays as it is: a model in seconds, and the first to
/// try where patients are few.
/// </summary>
internal sealed class ProbeMethod : IMethod, IReportsRuns
{
    public string Name => "probe";

    public IRecipe Read(RecipeNode node) => ProbeRecipe.Read(node);

    public IRunReport Report { get; } =
        new ClassifierReport
        {
            Fitting = part =>
                ChosenSettings.Of(
                    part,
                    "Settings, and what training patients said who were left out in turn; the chosen one learned from all of them."
                ),
        };
}
