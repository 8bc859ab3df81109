using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Models;

/// <summary>From which probability on a class or a finding is named, and which classes stand in an image's set.</summary>
/// <param name="Options">What the recipe asks for.</param>
/// <param name="Positive">The class that the threshold is of; null with other than two classes.</param>
internal sealed record Decision(DecisionOptions Options, string? Positive)
{
    /// <summary>Chosen on validation patients; null: the most probable class.</summary>
    internal double? Threshold { get; private init; }

    /// <summary>Of each finding, chosen on validation patients; null: one half.</summary>
    internal IReadOnlyList<double>? Thresholds { get; private init; }

    /// <summary>Which classes stand in a set, calibrated on validation patients; null: there are no sets.</summary>
    internal ConformalThreshold? Conformal { get; private init; }

    /// <exception cref="RecipeException">
    /// The recipe's positive class is none of the classes, or sets cannot be told of them.
    /// </exception>
    internal static Decision Of(IRecipe recipe, IReadOnlyList<string> classes)
    {
        var named = recipe.Decision.Positive;
        if (recipe.Decision.Conformal > 0)
            CheckSets(recipe, classes);
        if (recipe.Findings is not null)
            return named.Length == 0
                ? new Decision(recipe.Decision, null)
                : throw new RecipeException(
                    $"decision.positive is '{named}'; findings are each decided for themselves"
                );
        return new Decision(recipe.Decision, recipe.Decision.PositiveOf(classes));
    }

    /// <summary>The same with what validation images decide, where the recipe asks for it.</summary>
    /// <param name="validated">Predictions of the validation images; null where there are none.</param>
    /// <param name="own">What the model's own sets promise; null where it has none.</param>
    internal Decision From(Predictions? validated, ConformalThreshold? own = null) =>
        (validated is null ? this : WithThresholds(validated)) with
        {
            Conformal =
                Options.Conformal == 0 ? null
                : own is not null ? own
                : validated is null ? new ConformalThreshold(Options.Conformal, 0)
                : ConformalThreshold.Of(validated, Options.Conformal),
        };

    private Decision WithThresholds(Predictions validated)
    {
        if (!Options.ThresholdFromValidation)
            return this;
        if (validated.MultiLabel)
            return this with
            {
                Thresholds =
                [
                    .. validated.Classes.Select(
                        (name, f) => Choose(validated, f, r => CohortFile.Split(r.Label).Contains(name)) ?? 0.5
                    ),
                ],
            };
        if (Positive is null || validated.Classes.Count != 2)
            return this;
        var column = validated.Classes.Index().First(c => c.Item == Positive).Index;
        return this with { Threshold = Choose(validated, column, r => r.Label == Positive) };
    }

    /// <summary>Predictions decided so; as they are without thresholds and sets.</summary>
    internal Predictions On(Predictions predictions)
    {
        var decided = Thresholded(predictions);
        return Conformal is null ? decided : Conformal.On(decided);
    }

    /// <summary>The same without sets.</summary>
    internal Predictions Thresholded(Predictions predictions) =>
        predictions.MultiLabel ? (Thresholds is null ? predictions : predictions.DecideFindings(Thresholds))
        : Threshold is { } chosen && Positive is not null ? predictions.Decide(Positive, chosen)
        : predictions;

    private static void CheckSets(IRecipe recipe, IReadOnlyList<string> classes)
    {
        var asked = FormattableString.Invariant($"decision.conformal is {recipe.Decision.Conformal}");
        if (recipe.Findings is not null)
            throw new RecipeException(
                $"{asked}; sets are of classes of which one is true, findings are each decided for themselves: leave it out"
            );
        if (classes.FirstOrDefault(c => c.Contains(Predictions.SetSeparator)) is { } name)
            throw new RecipeException(
                $"{asked}; the classes of a set are written with {Predictions.SetSeparator} between them, and the class '{name}' has one in its name: rename it in the cohort"
            );
    }

    /// <summary>Null where the validation images are all positive, or none.</summary>
    private static double? Choose(Predictions validated, int column, Func<Prediction, bool> isPositive)
    {
        bool[] positives = [.. validated.Rows.Select(isPositive)];
        return positives.Contains(true) && positives.Contains(false)
            ? DecisionThreshold.Choose([.. validated.Rows.Select(r => r.Probabilities[column])], positives)
            : null;
    }
}
