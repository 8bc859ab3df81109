using Coverslip.Evaluation.Readers;
using Coverslip.Files;
using MathNet.Numerics.Distributions;

namespace Coverslip.Evaluation.Tests.Readers;

/// <summary>
/// Readers whose gain is known (after Roe &amp; Metz 1997): what a reader sees of a case is normal, apart by the reader's own
/// separation where it is positive; half of its variance is the case's and the same for all, half is that reading's. It is
/// said on the scale of ten steps.
/// </summary>
internal sealed record SimulatedStudy(int Readers, int Cases, long Seed)
{
    private const double Between = 0.3; // of the readers' separations
    private const double Within = 0.1; // of a reader's separation between the times

    /// <summary>Mean separations before and with the machine's view.</summary>
    public (double Before, double After) Separation { get; init; } = (1, 1.7);

    private static readonly double[] Steps = [-1.2, -0.6, -0.2, 0.2, 0.6, 1, 1.4, 1.8, 2.4];

    /// <summary>The gain of the area that readers of this kind have on cases of this kind.</summary>
    public double Gain => MeanArea(Separation.After) - MeanArea(Separation.Before);

    public ReaderStudy Make()
    {
        var random = new SeededRandom(Seed);
        double Draw() => Normal.InvCDF(0, 1, Math.Clamp(random.Unit(), 1e-12, 1 - 1e-12));
        bool[] positives = [.. Enumerable.Range(0, Cases).Select(i => 2 * i < Cases)];
        double[] seen = [.. positives.Select(_ => Draw() * Math.Sqrt(0.5))];
        Reading[] Reader()
        {
            var own = Draw() * Between;
            Verdict[] At(double mean)
            {
                var separation = mean + own + Draw() * Within;
                return [.. seen.Select((c, i) => Say(c + (positives[i] ? separation : 0) + Draw() * Math.Sqrt(0.5)))];
            }
            return [.. At(Separation.Before).Zip(At(Separation.After), (a, b) => new Reading(a, b))];
        }
        return new ReaderStudy(
            [.. Enumerable.Range(1, Readers).Select(r => $"reader {r}")],
            [.. positives.Select((p, i) => new ReaderCase($"{i}", $"p{i}", p ? "tumor" : "normal", p))],
            [.. Enumerable.Range(0, Readers).Select(_ => Reader())]
        );
    }

    private static Verdict Say(double x)
    {
        var step = Steps.Count(s => x > s); // 0 to 9
        return step >= 5 ? new Verdict("tumor", true, step - 4) : new Verdict("normal", false, 5 - step);
    }

    private static double MeanArea(double separation)
    {
        var spread = Math.Sqrt(Between * Between + Within * Within);
        double sum = 0,
            weights = 0;
        for (var z = -4.0; z <= 4; z += 0.05)
        {
            var weight = Normal.PDF(0, 1, z);
            (sum, weights) = (sum + weight * Area(separation + z * spread), weights + weight);
        }
        return sum / weights;
    }

    private static double Area(double separation)
    {
        double[] Below(double mean) => [.. Steps.Select(s => Normal.CDF(mean, 1, s)), 1];
        var (normal, positive) = (Below(0), Below(separation));
        double area = 0;
        for (var k = 0; k < normal.Length; k++)
        {
            var (n, p) = (k == 0 ? 0 : normal[k - 1], k == 0 ? 0 : positive[k - 1]);
            area += (positive[k] - p) * (n + (normal[k] - n) / 2);
        }
        return area;
    }
}
