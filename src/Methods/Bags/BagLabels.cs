using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.Bags;

/// <summary>Which label a bag has whose rows have several.</summary>
internal enum BagLabel
{
    /// <summary>None: it is an error.</summary>
    Same,

    /// <summary>That of most rows; of as many the first in alphabetical order.</summary>
    Majority,

    /// <summary>The positive class, where any row has it.</summary>
    Any,
}

/// <summary>Gives every row of a cohort the label of its bag.</summary>
internal static class BagLabels
{
    /// <param name="cohort">With the labels of its rows.</param>
    /// <param name="options">What a bag is, and the rule.</param>
    /// <param name="positive">The class that any row decides for; null where there is none.</param>
    /// <exception cref="InvalidDataException">A bag of several labels, without a rule.</exception>
    /// <exception cref="RecipeException">The rule needs a positive class.</exception>
    internal static Cohort On(Cohort cohort, BagOptions options, string? positive)
    {
        if (options.Label == BagLabel.Any && positive is null && cohort.Classes.Count > 1)
            throw new RecipeException(
                $"bags.label is any, and the cohort has {cohort.Classes.Count} classes ({string.Join(", ", cohort.Classes)}), of which none is looked for; name it (decision.positive), or take bags.label: majority"
            );
        var labels = new Dictionary<CohortRow, string>(ReferenceEqualityComparer.Instance);
        var problems = new List<IGrouping<string, CohortRow>>();
        foreach (var bag in Bag.Groups(cohort, cohort.Rows, options.Of))
        {
            var label = LabelOf([.. bag], options.Label, positive);
            if (label is null)
                problems.Add(bag);
            foreach (var row in bag)
                labels[row] = label ?? row.Label;
        }
        return problems.Count == 0
            ? cohort.WithLabels(row => labels[row])
            : throw new InvalidDataException(
                $"{cohort.Path}: {Told(problems[0], options.Of)}{(problems.Count > 1 ? $" ({problems.Count - 1} more bags have several)" : "")}; say which label a bag has by bags.label: majority, or any (the positive class where one image has it), or correct the labels"
            );
    }

    private static string? LabelOf(CohortRow[] rows, BagLabel rule, string? positive)
    {
        var counts = rows.Where(r => r.Label != Predictions.Unknown)
            .CountBy(r => r.Label)
            .OrderByDescending(c => c.Value)
            .ThenBy(c => c.Key, StringComparer.Ordinal)
            .ToArray();
        return counts.Length == 0 ? Predictions.Unknown
            : counts.Length == 1 || rule == BagLabel.Majority ? counts[0].Key
            : rule == BagLabel.Same ? null
            : counts.FirstOrDefault(c => c.Key == positive, counts[0]).Key;
    }

    private static string Told(IGrouping<string, CohortRow> bag, BagOf of)
    {
        var labels = bag.CountBy(r => r.Label).Select(l => $"{l.Value} {l.Key}");
        var what = of == BagOf.Patient ? $"patient {bag.Key}" : bag.First().Image;
        return $"{what} is one bag, and its images have several labels: {string.Join(", ", labels)}";
    }
}
