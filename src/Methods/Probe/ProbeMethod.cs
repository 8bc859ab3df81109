using Coverslip.Learning.Encoders;
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

    /// <summary>
    /// What an image's class can be told by without any model of tissue, and by what others have learned. Rows of bags are
    /// judged bag by bag, and no image beside them.
    /// </summary>
    public IReadOnlyList<Baseline> Baselines(IRecipe judged) =>
        judged is { TellsClasses: true } and not ILabelsTogether
            ?
            [
                new("majority class", Text("{kind: none}", "{balanced: false, calibrated: false}")) { IsChance = true },
                new("brightness", Text("{kind: brightness}", "{c: 1}")),
                new("color histogram", Text("{kind: color-histogram}", "{c: 0.01}")),
                new("frozen features", Text($"{{encoder: {BoxedResNet.Name}}}", "{c: 0.01}")),
            ]
            : [];

    private static string Text(string features, string probe) =>
        $"method: probe\nfit_cohort: true\nfeatures: {features}\nprobe: {probe}\n";

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
