using Coverslip.Evaluation.Statistics;
using MathNet.Numerics.Distributions;

namespace Coverslip.Evaluation.Readers;

/// <summary>The test of a change over one population: readers and cases, cases with these readers, or readers with these cases.</summary>
/// <param name="Change">With minus before, with its 95 % interval.</param>
/// <param name="StandardError">Of the change.</param>
/// <param name="Df">Degrees of freedom of the error term; null where it is normal.</param>
/// <param name="P">Two-sided.</param>
public sealed record ReaderTest(Estimate Change, double StandardError, double? Df, double P);

/// <summary>
/// The analysis of variance of Obuchowski &amp; Rockette (1995) for two times, with the degrees of freedom of Hillis (2007,
/// ddf_H): are readers better with the machine's view, as a population of readers and of cases? Every reader has read
/// every case.
/// </summary>
public sealed record ObuchowskiRockette
{
    private static readonly double Quantile = Normal.InvCDF(0, 1, 0.975);

    /// <summary>Mean squares of times, readers, and times by readers.</summary>
    public required (double Times, double Readers, double Both) MeanSquares { get; init; }

    public required FigureCovariance Covariance { get; init; }

    /// <summary>For readers and cases like these.</summary>
    public required ReaderTest ReadersAndCases { get; init; }

    /// <summary>For cases like these and just these readers.</summary>
    public required ReaderTest Cases { get; init; }

    /// <summary>For readers like these and just these cases.</summary>
    public required ReaderTest Readers { get; init; }

    /// <summary>The mean over readers before and with the machine's view, its interval for readers and cases like these.</summary>
    public required IReadOnlyList<Estimate> Means { get; init; }

    /// <summary>The analysis.</summary>
    /// <param name="figures">[2][readers], at least two readers.</param>
    /// <param name="covariance">Over the same cases.</param>
    /// <returns>Null where nothing varies, so that there is nothing to test against.</returns>
    public static ObuchowskiRockette? Of(double[][] figures, FigureCovariance covariance)
    {
        var readers = figures[0].Length;
        double[] times = [figures[0].Average(), figures[1].Average()];
        double[] means = [.. figures[0].Zip(figures[1], (a, b) => (a + b) / 2)];
        var all = means.Average();
        var (change, ofTimes) = (times[1] - times[0], readers * times.Sum(t => (t - all) * (t - all)));
        var ofReaders = 2 * means.Sum(m => (m - all) * (m - all)) / (readers - 1);
        var ofBoth = means.Select((m, j) => Square(figures[1][j] - figures[0][j] - change) / 2).Sum() / (readers - 1);
        var shared = Math.Max(covariance.Time - covariance.Neither, 0);
        var error = ofBoth + readers * shared;
        var cases = covariance.Variance - covariance.Same + (readers - 1) * shared;
        if (error <= 1e-15 || cases <= 1e-15)
            return null;
        return new ObuchowskiRockette
        {
            MeanSquares = (ofTimes, ofReaders, ofBoth),
            Covariance = covariance,
            ReadersAndCases = Test(change, 2.0 / readers * error, Df(error, ofBoth, readers)),
            Cases = Test(change, 2.0 / readers * cases, null),
            Readers = Test(change, 2.0 / readers * ofBoth, readers - 1),
            Means = [.. times.Select((mean, i) => Single(mean, figures[i], covariance.Alone[i].Covariance))],
        };
    }

    private static double Square(double x) => x * x;

    private static double Df(double error, double meanSquare, int readers) =>
        meanSquare > 0 ? Square(error) / (Square(meanSquare) / (readers - 1)) : double.PositiveInfinity;

    private static Estimate Single(double mean, double[] figures, double covariance)
    {
        var readers = figures.Length;
        var meanSquare = figures.Sum(f => Square(f - mean)) / (readers - 1);
        var error = meanSquare + readers * Math.Max(covariance, 0);
        return error <= 1e-15
            ? new Estimate(mean, null, null, "nothing varies between readers or cases")
            : Test(mean, error / readers, Df(error, meanSquare, readers)).Change;
    }

    private static ReaderTest Test(double value, double variance, double? df)
    {
        var error = Math.Sqrt(variance);
        var finite = df is { } d && double.IsFinite(d) ? d : (double?)null;
        var reach = (finite is { } f ? StudentT.InvCDF(0, 1, f, 0.975) : Quantile) * error;
        var t = -Math.Abs(value) / error;
        var p = error > 0 ? 2 * (finite is { } g ? StudentT.CDF(0, 1, g, t) : Normal.CDF(0, 1, t)) : double.NaN;
        return new ReaderTest(new Estimate(value, value - reach, value + reach), error, finite, Math.Min(1, p));
    }
}
