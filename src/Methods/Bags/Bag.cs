using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;

namespace Coverslip.Methods.Bags;

/// <summary>What is one bag.</summary>
internal enum BagOf
{
    /// <summary>A slide: the file itself, or all patches that are cut from it.</summary>
    Slide,

    /// <summary>A patient, with all slides or images.</summary>
    Patient,
}

/// <summary>Rows of a cohort that have one label together.</summary>
/// <param name="Rows">In the order of the cohort; at least one.</param>
/// <param name="Class">Place of the label among the classes; −1 where it is none of them.</param>
internal sealed record Bag(IReadOnlyList<CohortRow> Rows, int Class)
{
    /// <summary>The bag's first image, under which it stands in tables.</summary>
    internal CohortRow First => Rows[0];

    internal string Label => First.Label;

    /// <summary>The bags of some rows, in the order of their first ones.</summary>
    internal static IReadOnlyList<Bag> Of(
        Cohort cohort,
        IEnumerable<CohortRow> rows,
        BagOf of,
        IReadOnlyList<string> classes
    ) => [.. Groups(cohort, rows, of).Select(g => new Bag([.. g], classes.ToList().IndexOf(g.First().Label)))];

    /// <summary>A file of nobody that is known.</summary>
    internal static Bag Single(string path) =>
        new([new CohortRow(1, path, Predictions.Unknown, Predictions.Unknown)], -1);

    /// <summary>The rows of each bag.</summary>
    internal static IEnumerable<IGrouping<string, CohortRow>> Groups(
        Cohort cohort,
        IEnumerable<CohortRow> rows,
        BagOf of
    ) => rows.GroupBy(r => of == BagOf.Patient ? r.Patient : cohort.FilePath(r), StringComparer.Ordinal);
}
