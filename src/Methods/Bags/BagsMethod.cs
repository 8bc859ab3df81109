using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.RunReports;

namespace Coverslip.Methods.Bags;

/// <summary>
/// A label to each slide or patient, and no outline: multiple-instance learning over stored features, from the mean of a bag to
/// attention, CLAM and TransMIL.
/// </summary>
internal sealed class BagsMethod : IMethod, IReportsRuns
{
    public string Name => "bags";

    public IRecipe Read(RecipeNode node) => BagsRecipe.Read(node);

    public IRunReport Report { get; } = new BagsReport();
}
