using Coverslip.Files;
using MathNet.Numerics.Statistics;

namespace Coverslip.Evaluation.Statistics;

/// <summary>
/// The bootstrap over patients: each draw takes as many patients as there are, with replacement, and all images of
/// each. Images of one patient resemble each other, so that drawing images would make every interval too narrow.
/// </summary>
public sealed class PatientBootstrap
{
    /// <summary>Redraws after which a draw is given up; the data then hold classes in too few patients.</summary>
    private const int MostRedraws = 10_000;

    /// <summary>Draws that are judged together where <see cref="RunTogether"/> is asked: whole vectors of any processor.</summary>
    private const int Together = 8;

    private readonly double[][] draws;

    private PatientBootstrap(double[][] draws, int redrawn)
    {
        this.draws = draws;
        Redrawn = redrawn;
    }

    /// <summary>How many draws were replaced because a figure was not defined on them.</summary>
    public int Redrawn { get; }

    /// <summary>Computes the statistics on every draw, in parallel; the result depends on the seed alone.</summary>
    /// <param name="patients">How many patients there are, at least 1.</param>
    /// <param name="count">How many draws.</param>
    /// <param name="seed">The seed; draw i is stream i of it.</param>
    /// <param name="statistics">
    /// From how often each patient was drawn to the figures; null where they are not defined, which draws again. Called
    /// on several threads at once.
    /// </param>
    /// <exception cref="InvalidDataException">A draw on which the figures are defined was not found.</exception>
    public static PatientBootstrap Run(int patients, int count, long seed, Func<int[], double[]?> statistics) =>
        Run([patients], count, seed, weights => statistics(weights[0]));

    /// <summary>
    /// As <see cref="Run(int, int, long, Func{int[], double[]})"/>, of figures that several draws at once cost less: the
    /// function gets some draws, each as above, and gives the figures of each in order.
    /// </summary>
    /// <param name="patients">How many patients there are, at least 1.</param>
    /// <param name="count">How many draws.</param>
    /// <param name="seed">The seed; draw i is stream i of it.</param>
    /// <param name="statistics">From draws to the figures of each; null where they are not defined.</param>
    internal static PatientBootstrap RunTogether(
        int patients,
        int count,
        long seed,
        Func<IReadOnlyList<int[]>, double[]?[]> statistics
    ) => Run([patients], (count, Together), seed, draws => statistics([.. draws.Select(groups => groups[0])]));

    /// <summary>
    /// As <see cref="Run(int, int, long, Func{int[], double[]})"/>, drawing within each of several groups: patients, and the
    /// readers who read all of them (multi-reader multi-case bootstrap). A figure that is not a number on a draw is left out
    /// of its interval.
    /// </summary>
    /// <param name="sizes">How many units each group has, at least 1.</param>
    /// <param name="count">How many draws.</param>
    /// <param name="seed">The seed; draw i is stream i of it.</param>
    /// <param name="statistics">From how often each unit of each group was drawn to the figures.</param>
    internal static PatientBootstrap Run(
        IReadOnlyList<int> sizes,
        int count,
        long seed,
        Func<int[][], double[]?> statistics
    ) => Run(sizes, (count, 1), seed, draws => [statistics(draws[0])]);

    private static PatientBootstrap Run(
        IReadOnlyList<int> sizes,
        (int Count, int Together) asked,
        long seed,
        Func<IReadOnlyList<int[][]>, double[]?[]> statistics
    )
    {
        var draws = new double[asked.Count][];
        var redrawn = 0;
        var failed = false;
        Parallel.For(
            0,
            (asked.Count + asked.Together - 1) / asked.Together,
            (block, loop) =>
            {
                var first = block * asked.Together;
                Draw[] pending =
                [
                    .. Enumerable
                        .Range(first, Math.Min(asked.Together, asked.Count - first))
                        .Select(i => new Draw(i, new SeededRandom(seed, i), [.. sizes.Select(n => new int[n])])),
                ];
                for (var attempt = 0; attempt <= MostRedraws; attempt++)
                {
                    foreach (var draw in pending)
                        draw.Take();
                    var figures = statistics([.. pending.Select(d => d.Weights)]);
                    foreach (var (draw, its) in pending.Zip(figures))
                        draws[draw.Number] = its!;
                    pending = [.. pending.Where(d => draws[d.Number] is null)];
                    if (pending.Length == 0)
                        return;
                    Interlocked.Add(ref redrawn, pending.Length);
                }
                failed = true;
                loop.Stop();
            }
        );
        if (failed)
            throw new InvalidDataException(
                $"no bootstrap draw with every class in {MostRedraws} tries: {sizes[0]} patients hold the classes too "
                    + "unevenly"
            );
        return new PatientBootstrap(draws, redrawn);
    }

    /// <summary>
    /// The 2.5 and 97.5 % percentiles of figure <paramref name="index"/>, interpolated linearly as numpy's.
    /// </summary>
    public (double Low, double High) Interval(int index)
    {
        var values = draws.Select(d => d[index]).Where(v => !double.IsNaN(v)).Order().ToArray();
        double At(double share) => SortedArrayStatistics.QuantileCustom(values, share, QuantileDefinition.R7);
        return (At(0.025), At(0.975));
    }

    /// <summary>
    /// A figure with its <see cref="Interval"/>. Where every draw gives the same, that of <see cref="ExactInterval"/> if the
    /// figure is a share or an area of units, and none otherwise.
    /// </summary>
    /// <param name="index">Which figure.</param>
    /// <param name="value">On the data themselves.</param>
    /// <param name="units">How many patients the share is of, or of the smaller class; null where it is no share.</param>
    public Estimate Estimate(int index, double value, int? units)
    {
        if (draws.Count(d => double.IsNaN(d[index])) is > 0 and var undefined && 2 * undefined > draws.Length)
            return new(
                value,
                null,
                null,
                $"not defined on {undefined} of {draws.Length} draws, which leaves no interval"
            );
        var (low, high) = Interval(index);
        if (!ExactInterval.IsPoint(low, high))
            return new(value, low, high);
        return units is > 0 && value is >= 0 and <= 1
            ? ExactInterval.OfShare(value, units.Value)
            : new(value, null, null, "every draw of patients gives the same, which is no interval");
    }

    /// <summary>Draw i, its random stream, and how often each unit of each group was drawn.</summary>
    private sealed record Draw(int Number, SeededRandom Random, int[][] Weights)
    {
        public void Take()
        {
            foreach (var group in Weights)
            {
                Array.Clear(group);
                for (var p = 0; p < group.Length; p++)
                    group[Random.Below(group.Length)]++;
            }
        }
    }
}
