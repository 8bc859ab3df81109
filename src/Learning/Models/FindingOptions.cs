using Coverslip.Evaluation.Cohorts;
using Coverslip.Learning.Recipes;

namespace Coverslip.Learning.Models;

/// <summary>What images may show, several things at once or nothing.</summary>
public sealed record FindingOptions
{
    /// <summary>The findings, one output of the network each, in this order.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Labels that mean that nothing was found, for cohorts that have a word for it; none by default.</summary>
    public IReadOnlyList<string> Healthy { get; init; } = [];

    public static FindingOptions Read(RecipeNode node)
    {
        var names = node.List("findings", [], "What images may show, an output of the network each");
        if (names.Count == 0)
            throw node.Wrong("findings", "", "expected is a list of what images may show, such as [nodule, effusion]");
        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw node.Wrong("findings", twice.Key, "it stands twice");
        if (names.FirstOrDefault(n => n.Contains(CohortFile.Separator)) is { } split)
            throw node.Wrong("findings", split, $"'{CohortFile.Separator}' separates findings and stands in none");
        var healthy = node.List(
            "healthy",
            [],
            "Labels that mean that nothing was found, for cohorts that have such a word"
        );
        return names.Intersect(healthy).FirstOrDefault() is { } both
            ? throw node.Wrong("healthy", both, "it is one of the findings")
            : new FindingOptions { Names = names, Healthy = healthy };
    }
}

/// <summary>A cohort as a recipe's method takes it.</summary>
public static class RecipeCohort
{
    /// <summary>The cohort with the recipe's findings as its classes; as it is where the method takes one class.</summary>
    /// <exception cref="CohortException">A label is none of the findings.</exception>
    /// <exception cref="RecipeException">The method takes one class to an image, the cohort has several labels.</exception>
    public static Cohort Of(IRecipe recipe, Cohort cohort)
    {
        if (recipe is ILabelsTogether together && !cohort.MultiLabel)
            return together.Labeled(cohort);
        if (recipe.Findings is { } findings)
            return cohort.WithFindings(findings.Names, findings.Healthy);
        return cohort.MultiLabel
            ? throw new RecipeException(
                $"{cohort.Path} has several labels to an image (column 'labels'); the recipe's method takes one class to an image (column 'label'). Use method: curriculum"
            )
            : cohort;
    }
}
