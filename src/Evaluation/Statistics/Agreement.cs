namespace Coverslip.Evaluation.Statistics;

/// <summary>Agreement beyond chance.</summary>
internal static class Agreement
{
    /// <summary>
    /// Cohen's kappa, 1 − Σ w O / Σ w E with O the confusion and E what its margins expect (Cohen 1960; with weights 1968);
    /// not a number where nothing is expected to disagree.
    /// </summary>
    /// <param name="confusion">A square: what one says (row) and the other (column).</param>
    /// <param name="disagreement">How much row i and column j differ, 0 where they agree; default 1 for any other.</param>
    public static double Cohen(IReadOnlyList<IReadOnlyList<int>> confusion, Func<int, int, double>? disagreement = null)
    {
        disagreement ??= (i, j) => i == j ? 0 : 1;
        int[] rows = [.. confusion.Select(r => r.Sum())];
        int[] columns = [.. confusion[0].Select((_, j) => confusion.Sum(r => r[j]))];
        double total = rows.Sum(),
            observed = 0,
            expected = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < columns.Length; j++)
            {
                var weight = disagreement(i, j);
                observed += weight * confusion[i][j];
                expected += weight * ((double)rows[i] * columns[j] / total);
            }
        }
        return expected > 0 ? 1 - observed / expected : double.NaN;
    }

    /// <summary>
    /// Fleiss' kappa (1971) of several readers who each name a class of each case; not a number where all name one class.
    /// </summary>
    /// <param name="counts">[cases][classes]: how many readers named the class, as many together on each case, at least 2.</param>
    /// <param name="weights">How often each case counts.</param>
    public static double Fleiss(IReadOnlyList<IReadOnlyList<int>> counts, IReadOnlyList<int> weights)
    {
        var readers = counts[0].Sum();
        double agreed = 0,
            cases = 0;
        var named = new double[counts[0].Count];
        for (var i = 0; i < counts.Count; i++)
        {
            cases += weights[i];
            for (var c = 0; c < named.Length; c++)
            {
                var count = counts[i][c];
                named[c] += weights[i] * count;
                agreed += weights[i] * ((double)count * (count - 1)) / ((double)readers * (readers - 1));
            }
        }
        var chance = named.Sum(n => n / (cases * readers) * (n / (cases * readers)));
        return chance < 1 - 1e-12 ? (agreed / cases - chance) / (1 - chance) : double.NaN;
    }
}
