using Coverslip.Files;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Inputs;

/// <summary>How the decision between classes is made and reported.</summary>
public sealed record DecisionOptions
{
    /// <summary>
    /// The class whose probability is held against the threshold, of two; empty: by meaning, as <see cref="PositiveOf"/> says.
    /// </summary>
    public string Positive { get; init; } = "";

    /// <summary>
    /// Whether the threshold is chosen on the validation patients; otherwise the most probable class is taken. False by
    /// default.
    /// </summary>
    public bool ThresholdFromValidation { get; init; }

    /// <summary>
    /// Promised share of images whose set of classes lacks the true one, calibrated on the validation patients; 0 (default):
    /// no sets. At most 0.5.
    /// </summary>
    public double Conformal { get; init; }

    /// <summary>Whether validation images have to be predicted for a decision.</summary>
    public bool AsksValidation => ThresholdFromValidation || Conformal > 0;

    /// <summary>
    /// The class that is looked for: as named, else by what the names mean (<see cref="ClassMeaning"/>), else the second in
    /// alphabetical order, which <see cref="Told"/> says. Null where none is named among more than two.
    /// </summary>
    /// <exception cref="RecipeException">The named one is none of the classes.</exception>
    public string? PositiveOf(IReadOnlyList<string> classes)
    {
        if (Positive.Length == 0)
            return ClassMeaning.PositiveOrSecond(classes);
        return classes.Contains(Positive)
            ? Positive
            : throw new RecipeException(
                $"decision.positive is '{Positive}'; the cohort's classes are {string.Join(", ", classes)}"
            );
    }

    /// <summary>A line for the screen: the positive class and who chose it; null with other than two classes.</summary>
    public string? Told(IReadOnlyList<string> classes) =>
        PositiveOf(classes) is not { } positive ? null
        : Positive.Length > 0 ? $"positive class: {positive}, as decision.positive says"
        : ClassMeaning.PositiveOf(classes) is not null ? $"positive class: {positive}, by its name"
        : $"positive class: {positive}, the second in alphabetical order: neither '{classes[0]}' nor '{classes[1]}' says which "
            + "is looked for; decision.positive names it";

    /// <summary>The class that is tumor on slides, by its place.</summary>
    /// <exception cref="RecipeException">Nobody says which, and the names do not tell.</exception>
    public int TumorOf(IReadOnlyList<string> classes)
    {
        if (Positive.Length == 0 && ClassMeaning.PositiveOf(classes) is null)
            throw new RecipeException(
                $"decision.positive is not set, and neither '{classes[0]}' nor '{classes[1]}' says which class has the annotated tumor; "
                    + $"set it, such as decision.positive: {classes[1]}"
            );
        return classes.ToList().IndexOf(PositiveOf(classes)!);
    }

    public static DecisionOptions Read(RecipeNode node) =>
        new()
        {
            Positive = node.Text(
                "positive",
                "",
                "Class whose probability is held against the threshold, of two classes only; empty: the one whose name means it, as malignant, tumor, or what is not normal"
            ),
            ThresholdFromValidation = node.Flag(
                "threshold_from_validation",
                false,
                "Whether the threshold with the best balanced accuracy on the validation patients decides, instead of the most probable class; slides are predicted whole for it"
            ),
            Conformal = node.Number(
                "conformal",
                0,
                (0, 0.5),
                "Promised share of images whose set of classes (column set) lacks the true one, such as 0.1, calibrated on the validation patients, of whom it takes 9 at 0.1 and 19 at 0.05; 0: no sets",
                "Vovk et al. 2005; Lee, Barber & Willett 2023"
            ),
        };
}
