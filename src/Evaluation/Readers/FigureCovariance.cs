namespace Coverslip.Evaluation.Readers;

/// <summary>How the covariances of figures that come from the same cases are estimated.</summary>
public enum CovarianceMethod
{
    /// <summary>Leaving out one patient after the other; for any figure.</summary>
    Jackknife,

    /// <summary>By placements (DeLong et al. 1988); for areas under ROC curves, cases being independent.</summary>
    DeLong,
}

/// <summary>
/// The mean variance of a reader's figure and the mean covariances of two, over the sampling of cases (Obuchowski &amp;
/// Rockette 1995): <paramref name="Same"/> reader at the two times, <paramref name="Time"/> two readers at one time,
/// <paramref name="Neither"/> two readers at different times: Cov1, Cov2, Cov3 of the papers.
/// </summary>
public sealed record FigureCovariance(double Variance, double Same, double Time, double Neither)
{
    /// <summary>Cov2 and variance of either time alone, which a single time's interval uses.</summary>
    internal (double Variance, double Covariance)[] Alone { get; init; } = [];

    /// <summary>By the jackknife.</summary>
    /// <param name="without">[units][2][readers]: the figures with a unit left out.</param>
    internal static FigureCovariance Jackknife(double[][][] without)
    {
        double units = without.Length;
        var deviations = Deviations(without);
        return Of(deviations[0][0].Length, (a, b) => (units - 1) / units * Products(deviations, a, b));
    }

    /// <summary>By DeLong's placements.</summary>
    /// <param name="ratings">[2][readers][cases].</param>
    /// <param name="positives">Whether a case is positive; two of either kind.</param>
    internal static FigureCovariance DeLong(double[][][] ratings, IReadOnlyList<bool> positives)
    {
        var placements = ratings
            .Select(t => t.Select(r => Statistics.DeLong.Placements(r, positives)).ToArray())
            .ToArray();
        double[][][] Table(Func<(double[] Wins, double[] Losses), double[]> part) =>
            [
                .. Enumerable
                    .Range(0, part(placements[0][0]).Length)
                    .Select(k => placements.Select(t => t.Select(r => part(r)[k]).ToArray()).ToArray()),
            ];
        double[][][][] parts = [Deviations(Table(p => p.Wins)), Deviations(Table(p => p.Losses))];
        return Of(ratings[0].Length, (a, b) => parts.Sum(d => Products(d, a, b) / (d.Length - 1) / d.Length));
    }

    private static double[][][] Deviations(double[][][] table)
    {
        double Mean(int time, int reader) => table.Average(unit => unit[time][reader]);
        double[][] means = [.. table[0].Select((t, i) => t.Select((_, j) => Mean(i, j)).ToArray())];
        return [.. table.Select(u => u.Select((t, i) => t.Select((v, j) => v - means[i][j]).ToArray()).ToArray())];
    }

    private static double Products(double[][][] d, (int Time, int Reader) a, (int Time, int Reader) b) =>
        d.Sum(unit => unit[a.Time][a.Reader] * unit[b.Time][b.Reader]);

    private static FigureCovariance Of(int readers, Func<(int Time, int Reader), (int Time, int Reader), double> of)
    {
        var all = Enumerable.Range(0, readers).ToArray();
        var pairs = all.SelectMany(j => all.Where(k => k != j), (j, k) => (j, k)).ToArray();
        double Mean(IEnumerable<double> values) => values.DefaultIfEmpty(0).Average();
        (double, double)[] alone =
        [
            .. new[] { 0, 1 }.Select(i =>
                (Mean(all.Select(j => of((i, j), (i, j)))), Mean(pairs.Select(p => of((i, p.j), (i, p.k)))))
            ),
        ];
        return new FigureCovariance(
            alone.Average(a => a.Item1),
            Mean(all.Select(j => of((0, j), (1, j)))),
            alone.Average(a => a.Item2),
            Mean(pairs.Select(p => of((0, p.j), (1, p.k))))
        )
        {
            Alone = alone,
        };
    }
}
