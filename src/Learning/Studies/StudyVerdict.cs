using System.Globalization;

namespace Coverslip.Learning.Studies;

/// <summary>Which models of a study do no better than its best trivial one, and are therefore not recommended.</summary>
internal static class StudyVerdict
{
    /// <summary>A line on what is not recommended, or that all models are better; null where nothing can be compared.</summary>
    internal static string? Of(StudyRecipe study, IReadOnlyList<StudyRow> rows)
    {
        var (trivial, models) = (rows.Where(r => r.Run.IsBaseline).ToArray(), rows.Where(r => !r.Run.IsBaseline));
        if (trivial.Length == 0)
            return null;
        var judged = models
            .Select(row => (Row: row, Best: Best(study, row, trivial)))
            .Where(j => j.Best is not null)
            .Select(j => (j.Row, Best: j.Best!.Value))
            .ToArray();
        if (judged.Length == 0)
            return null;
        var below = judged.Where(j => Better(study, j.Best.Own, j.Best.Theirs) <= 0).ToArray();
        return below.Length == 0
            ? $"Every model is better than the best trivial baseline in {study.Figure.Words}."
            : $"Not recommended, no better than the best trivial baseline in {study.Figure.Words}: "
                + string.Join("; ", below.Select(j => Line(j.Row, j.Best)))
                + ".";
    }

    /// <summary>The baseline that is best on the parts that the row has, and both means over them.</summary>
    private static (StudyRow Row, double Own, double Theirs, int Parts)? Best(
        StudyRecipe study,
        StudyRow row,
        IReadOnlyList<StudyRow> trivial
    )
    {
        var compared = trivial
            .Select(t => (Row: t, Pairs: row.PairsWith(t)))
            .Where(t => t.Pairs.Length > 0)
            .Select(t =>
                (t.Row, Own: t.Pairs.Average(p => p.Own), Theirs: t.Pairs.Average(p => p.Theirs), t.Pairs.Length)
            )
            .ToArray();
        return compared.Length == 0 ? null : compared.MaxBy(c => Better(study, c.Theirs, c.Own));
    }

    /// <summary>By how much the first figure is better than the second.</summary>
    private static double Better(StudyRecipe study, double first, double second) =>
        study.Figure.LowerIsBetter ? second - first : first - second;

    private static string Line(StudyRow row, (StudyRow Row, double Own, double Theirs, int Parts) best) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Run.Title} ({best.Own:0.000}; {best.Row.Run.Model} {best.Theirs:0.000} on the same {best.Parts} {(best.Parts == 1 ? "part" : "parts")})"
        );
}
