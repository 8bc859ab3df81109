using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Models;

/// <summary>From which probability on a class or a finding is named.</summary>
/// <param name="Options">What the recipe asks for.</param>
/// <param name="Positive">The class that the threshold is of; null with other than two classes.</param>
internal sealed record Decision(DecisionOptions Options, string? Positive)
{
    /// <summary>Chosen on validation patients; null: the most probable class.</summary>
    internal double? Threshold { get; private init; }

    /// <summary>Of each finding, chosen on validation patients; null: one half.</summary>
    internal IReadOnlyList<double>? Thresholds { get; private init; }

    /// <exception cref="RecipeException">The recipe's positive class is none of the classes.</exception>
    internal static Decision Of(IRecipe recipe, IReadOnlyList<string> classes)
    {
        var named = recipe.Decision.Positive;
        if (recipe.Findings is not null)
            return named.Length == 0
                ? new Decision(recipe.Decision, null)
                : throw new RecipeException(
                    $"decision.positive is '{named}'; findings are each decided for themselves"
                );
        return new Decision(recipe.Decision, recipe.Decision.PositiveOf(classes));
    }

    /// <summary>The same with thresholds from validation images, where the recipe asks for them.</summary>
    internal Decision From(Predictions validated)
    {
        if (!Options.ThresholdFromValidation)
            return this;
        if (validated.MultiLabel)
            return this with
            {
                Thresholds =
                [
                    .. validated.Classes.Select(
                        (name, f) =>
                            Choose(validated, f, r => r.Label.Split(CohortFile.Separator).Contains(name)) ?? 0.5
                    ),
                ],
            };
        if (Positive is null || validated.Classes.Count != 2)
            return this;
        var column = validated.Classes.Index().First(c => c.Item == Positive).Index;
        return this with { Threshold = Choose(validated, column, r => r.Label == Positive) };
    }

    /// <summary>Predictions decided so; as they are without thresholds.</summary>
    internal Predictions On(Predictions predictions) =>
        predictions.MultiLabel ? (Thresholds is null ? predictions : predictions.DecideFindings(Thresholds))
        : Threshold is { } chosen && Positive is not null ? predictions.Decide(Positive, chosen)
        : predictions;

    /// <summary>Null where the validation images are all positive, or none.</summary>
    private static double? Choose(Predictions validated, int column, Func<Prediction, bool> isPositive)
    {
        bool[] positives = [.. validated.Rows.Select(isPositive)];
        return positives.Contains(true) && positives.Contains(false)
            ? DecisionThreshold.Choose([.. validated.Rows.Select(r => r.Probabilities[column])], positives)
            : null;
    }
}
