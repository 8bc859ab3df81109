using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Recipes;
using Coverslip.Learning.Runs;

namespace Coverslip.Learning.Studies;

/// <summary>
/// A figure that a study compares: one that any predictions file gives, or one of those that a method writes into
/// <c>figures.json</c> of each part.
/// </summary>
/// <param name="Key">As in files, such as <c>patch_pr_auc</c>.</param>
public sealed record StudyFigure(string Key)
{
    private readonly Metric? metric = Enum.GetValues<Metric>()
        .Where(m => m.Key() == Key)
        .Select(m => (Metric?)m)
        .FirstOrDefault();

    /// <summary>One that any predictions file gives.</summary>
    public static StudyFigure Of(Metric metric) => new(metric.Key());

    /// <summary>Whether a model is the better the lower it is.</summary>
    public bool LowerIsBetter { get; init; } = Key is "brier" or "calibration_error";

    /// <summary>The key in words.</summary>
    public string Words => Key.Replace('_', ' ');

    /// <summary>Whether only some methods have it.</summary>
    public bool IsOfMethod => metric is null;

    /// <summary>The figure of a finished part; null where it is not defined or the part has none.</summary>
    /// <exception cref="InvalidDataException">A damaged file.</exception>
    public double? Of(RunFolder part) =>
        metric is { } known
            ? OfPredictions(Predictions.Read(part.Predictions), known)
            : RunFigures.Read(part.Path)?.Figures.FirstOrDefault(f => f.Key == Key).Figure?.Value;

    /// <summary>The figure of a finished part's validation patients; null where it has no such file, or only the method has the figure.</summary>
    internal double? OfValidation(RunFolder part) =>
        metric is { } known && File.Exists(part.Validation)
            ? OfPredictions(Predictions.Read(part.Validation), known)
            : null;

    private static double? OfPredictions(Predictions predictions, Metric known)
    {
        var options = new EvaluationOptions { Bootstrap = 0 };
        if (!predictions.MultiLabel)
            return ClassificationEvaluation.Of(predictions, options).Figures[known].Value;
        return known == Metric.Auc
            ? FindingEvaluation.Of(predictions, options).MeanAuc.Value
            : throw new RecipeException(
                $"metric is '{known.Key()}'; of findings a study compares the mean 'auc', or their own, such as 'mean-sensitivity'"
            );
    }

    /// <summary>Reads a figure's name, in kebab-case.</summary>
    /// <exception cref="RecipeException">Neither one of predictions nor of the methods.</exception>
    internal static StudyFigure Read(RecipeNode node, string key, string name, IReadOnlyList<IRecipe> recipes)
    {
        string[] known =
        [
            .. Enum.GetValues<Metric>().Select(m => m.Key()),
            .. recipes.SelectMany(r => r.OwnFigures).Distinct(),
        ];
        var figure = new StudyFigure(node.Spelled(key, name).Replace('-', '_'));
        return known.Contains(figure.Key)
            ? figure with
            {
                LowerIsBetter = figure.LowerIsBetter || recipes.Any(r => r.LowerIsBetter.Contains(figure.Key)),
            }
            : throw node.Wrong(
                key,
                name,
                $"expected is one of {string.Join(", ", known.Select(k => k.Replace('_', '-')))}"
            );
    }
}
