using Coverslip.Evaluation.Statistics;
using Coverslip.Files;

namespace Coverslip.Evaluation.Tests.Statistics;

public sealed class PatientBootstrapTests
{
    [Fact]
    public void Each_draw_takes_as_many_patients_as_there_are()
    {
        var totals = PatientBootstrap.Run(7, 100, 1, weights => [weights.Sum()]);
        Assert.Equal((7.0, 7.0), totals.Interval(0));
    }

    [Fact]
    public void The_interval_of_a_mean_is_that_of_the_textbook()
    {
        // The mean of n values has standard error s/√n; 95 % are within 1.96 of it.
        var random = new SeededRandom(3);
        double[] values = [.. Enumerable.Range(0, 400).Select(_ => random.Unit())];
        var (low, high) = PatientBootstrap
            .Run(400, 4000, 1, weights => [weights.Zip(values, (w, v) => w * v).Sum() / 400])
            .Interval(0);
        var mean = values.Average();
        var error = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean))) / 400;
        Assert.Equal(mean - 1.96 * error, low, 0.1 * error);
        Assert.Equal(mean + 1.96 * error, high, 0.1 * error);
    }

    [Fact]
    public void Percentiles_are_numpys()
    {
        var golden = Golden.At("percentiles");
        var values = golden.Numbers("values");
        var next = -1;
        var (low, high) = PatientBootstrap
            .Run(2, values.Length, 1, _ => [values[Interlocked.Increment(ref next)]])
            .Interval(0);
        Assert.Equal(golden.GetProperty("low").GetDouble(), low, 1e-12);
        Assert.Equal(golden.GetProperty("high").GetDouble(), high, 1e-12);
    }

    [Fact]
    public void Figures_that_no_draw_defines_end_in_an_error() =>
        Assert.Contains(
            "no bootstrap draw",
            Assert.Throws<InvalidDataException>(() => PatientBootstrap.Run(2, 1, 1, _ => null)).Message
        );

    [Fact]
    public void Random_numbers_depend_on_seed_and_stream_and_are_spread_evenly()
    {
        var (a, b, c) = (new SeededRandom(5, 1), new SeededRandom(5, 1), new SeededRandom(5, 2));
        Assert.Equal(a.Next(), b.Next());
        Assert.NotEqual(a.Next(), c.Next());
        var counts = new int[6];
        for (var i = 0; i < 60_000; i++)
            counts[a.Below(6)]++;
        Assert.All(counts, n => Assert.InRange(n, 9_600, 10_400));
    }
}
