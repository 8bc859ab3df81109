using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Inputs;

/// <summary>How the decision between classes is made and reported.</summary>
public sealed record DecisionOptions
{
    /// <summary>
    /// The class whose probability is held against the threshold, of two; empty: the second in alphabetical order.
    /// </summary>
    public string Positive { get; init; } = "";

    /// <summary>
    /// Whether the threshold is chosen on the validation patients; otherwise the most probable class is taken. False by
    /// default.
    /// </summary>
    public bool ThresholdFromValidation { get; init; }

    /// <summary>The class that is looked for; null where none is named among more than two.</summary>
    /// <exception cref="RecipeException">The named one is none of the classes.</exception>
    public string? PositiveOf(IReadOnlyList<string> classes)
    {
        if (Positive.Length == 0)
            return classes.Count == 2 ? classes[1] : null;
        return classes.Contains(Positive)
            ? Positive
            : throw new RecipeException(
                $"decision.positive is '{Positive}'; the cohort's classes are {string.Join(", ", classes)}"
            );
    }

    public static DecisionOptions Read(RecipeNode node) =>
        new()
        {
            Positive = node.Text(
                "positive",
                "",
                "Class whose probability is held against the threshold, of two classes only; empty: the second in alphabetical order"
            ),
            ThresholdFromValidation = node.Flag(
                "threshold_from_validation",
                false,
                "Whether the threshold with the best balanced accuracy on the validation patients decides, instead of the most probable class; slides are predicted whole for it"
            ),
        };
}
