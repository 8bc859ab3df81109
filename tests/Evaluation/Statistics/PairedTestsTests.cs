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
