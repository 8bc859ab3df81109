using Coverslip.Files;
using MathNet.Numerics.Distributions;

namespace Coverslip.Evaluation.Readers;

/// <summary>
/// Readers whose gain is known (after Roe &amp; Metz 1997): what a reader sees of a case is normal, apart by the reader's own
/// separation where it is positive; half of its variance is the case's and the same for all, half is that reading's. It is
/// said on the scale of ten steps. Readers' separations differ by 0.3 (deviation), a reader's at the two times by 0.1.
/// </summary>
public sealed record SimulatedReaders
{
    private const double Between = 0.3; // of the readers' separations
    private const double Within = 0.1; // of a reader's separation between the times
    private const double MostSeparation = 6;

    private static readonly double[] Steps = [-1.2, -0.6, -0.2, 0.2, 0.6, 1, 1.4, 1.8, 2.4];

    /// <summary>How many readers, 2 to 1000. Default 20.</summary>
    public int Readers { get; init; } = 20;

    /// <summary>How many cases, each another patient's, 4 to 100,000; half are positive. Default 120.</summary>
    public int Cases { get; init; } = 120;

    /// <summary>Mean AUC alone of readers of this kind on cases of this kind, 0.55 to 0.95. Default 0.8.</summary>
    public double Auc { get; init; } = 0.8;

    /// <summary>By how much the mean AUC is higher with the machine's view, down to a mean of 0.55 and up to one of 0.98. Default 0.05.</summary>
    public double Gain { get; init; } = 0.05;

    /// <summary>Seed. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Draws a study.</summary>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public ReaderStudy Make()
    {
        Check();
        var random = new SeededRandom(Seed);
        double Draw() => Normal.InvCDF(0, 1, Math.Clamp(random.Unit(), 1e-12, 1 - 1e-12));
        var (before, after) = (SeparationOf(Auc), SeparationOf(Auc + Gain));
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
            return [.. At(before).Zip(At(after), (a, b) => new Reading(a, b))];
        }
        return new ReaderStudy(
            [.. Enumerable.Range(1, Readers).Select(r => $"simulated reader {r}")],
            [
                .. positives.Select(
                    (p, i) => new ReaderCase($"simulated case {i + 1}", $"simulated patient {i + 1}", NameOf(p), p)
                ),
            ],
            [.. Enumerable.Range(0, Readers).Select(_ => Reader())]
        );
    }

    private void Check()
    {
        static void Within(double value, double least, double most, string name)
        {
            if (!(value >= least && value <= most))
                throw new ArgumentException(FormattableString.Invariant($"{name} is {value}; it is {least} to {most}"));
        }
        Within(Readers, 2, 1000, "the number of readers");
        Within(Cases, 4, 100_000, "the number of cases");
        Within(Auc, 0.55, 0.95, "the AUC alone");
        Within(Auc + Gain, 0.55, 0.98, "the AUC with the machine's view (alone and gain together)");
    }

    private static Verdict Say(double x)
    {
        var step = Steps.Count(s => x > s); // 0 to 9
        return step >= 5 ? new Verdict(NameOf(true), true, step - 4) : new Verdict(NameOf(false), false, 5 - step);
    }

    private static string NameOf(bool positive) => positive ? "tumor" : "normal";

    /// <summary>The mean separation of readers of this mean area.</summary>
    private static double SeparationOf(double area)
    {
        var (low, high) = (0.0, MostSeparation);
        while (high - low > 1e-9)
        {
            var middle = (low + high) / 2;
            (low, high) = MeanArea(middle) < area ? (middle, high) : (low, middle);
        }
        return low;
    }

    /// <summary>The mean area over readers, whose separations are normal.</summary>
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

    /// <summary>The area of ratings in steps.</summary>
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
