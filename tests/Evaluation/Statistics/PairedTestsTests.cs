using System.Text.Json;
using Coverslip.Evaluation.Statistics;
using Coverslip.Tests;

namespace Coverslip.Evaluation.Tests.Statistics;

/// <summary>Against <c>golden/paired.json</c>, which <c>golden/paired.py</c> writes with scipy.</summary>
public sealed class PairedTestsTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden().GetArrayLength())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void P_values_are_those_of_scipy(int number)
    {
        var golden = Golden()[number];
        var differences = golden.Numbers("differences");
        double Expected(string name) => golden.GetProperty(name).GetDouble();
        Assert.Equal(Expected("t"), PairedTests.TTest(differences)!.Value, 1e-10);
        Assert.Equal(Expected("corrected"), PairedTests.CorrectedTTest(differences, Expected("share"))!.Value, 1e-10);
        Assert.Equal(Expected("wilcoxon"), PairedTests.Wilcoxon(differences)!.Value, 1e-10);
    }

    [Fact]
    public void What_cannot_be_tested_has_no_p_value()
    {
        Assert.Null(PairedTests.TTest([]));
        Assert.Null(PairedTests.TTest([0.3]));
        Assert.Null(PairedTests.TTest([0.3, 0.3, 0.3]));
        Assert.Null(PairedTests.Wilcoxon([0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedTests.CorrectedTTest([1, 2], 0));
    }

    [Fact]
    public void The_interval_of_a_mean_difference_ends_where_the_t_test_has_a_p_of_5_percent()
    {
        // t of 2 degrees of freedom at 0.975 is 4.302653; the deviation of 1, 2, 3 is 1.
        var (value, low, high, _) = PairedTests.MeanDifference([1, 2, 3]);
        Assert.Equal(2, value!.Value, 12);
        Assert.Equal(2 - (4.30265273 / Math.Sqrt(3)), low!.Value, 1e-7);
        Assert.Equal(2 + (4.30265273 / Math.Sqrt(3)), high!.Value, 1e-7);
        double[] shifted = [1 - low.Value, 2 - low.Value, 3 - low.Value];
        Assert.Equal(0.05, PairedTests.TTest(shifted)!.Value, 1e-9);
        Assert.Null(PairedTests.MeanDifference([0.5]).Low);
        Assert.Null(PairedTests.MeanDifference([]).Value);
    }

    [Fact]
    public void Holm_multiplies_the_least_by_their_number_and_never_falls()
    {
        double?[] corrected = PairedTests.Holm([0.04, null, 0.01, 0.02, 0.9]);
        Assert.Null(corrected[1]);
        Assert.Equal([0.08, 0.04, 0.06, 0.9], corrected.OfType<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0.06, 0.06], PairedTests.Holm([0.03, 0.04]).OfType<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    private static JsonElement Golden() =>
        JsonDocument
            .Parse(File.ReadAllBytes(Path.Combine(TestData.Root, "tests", "Evaluation", "golden", "paired.json")))
            .RootElement.GetProperty("cases");
}
