using Coverslip.Evaluation.Statistics;
using Coverslip.Learning.Reports;

namespace Coverslip.Learning.Tests.Reports;

/// <summary>No interval is printed that seems to have no width.</summary>
public sealed class FigureTextTests
{
    [Theory]
    [InlineData(0.912, 0.893, 0.931, "0.912 (0.893 – 0.931)", "0.893 to 0.931")]
    [InlineData(0.9998, 0.9996, 0.9999, "0.9998 (0.9996 – 0.9999)", "0.9996 to 0.9999")]
    [InlineData(0.00002, 0.00001, 0.00004, "0.00002 (0.00001 – 0.00004)", "0.00001 to 0.00004")]
    [InlineData(-0.0001, -0.0003, 0.0002, "-0.0001 (-0.0003 – 0.0002)", "-0.0003 to 0.0002")]
    [InlineData(1, 1, 1, "1.000 (interval of no width)", "1.000, interval of no width")]
    public void Ends_that_round_alike_get_more_decimals(
        double value,
        double low,
        double high,
        string whole,
        string ends
    )
    {
        var figure = new Estimate(value, low, high);
        Assert.Equal((whole, whole, ends), Told(figure));
        var bounded = figure with { Bound = "9 lesions" };
        Assert.EndsWith(", 9 lesions)", FigureText.WithInterval(bounded));
        Assert.EndsWith(" (9 lesions)", FigureText.Interval(bounded));
        Assert.Equal(whole, FigureText.WithEnds(bounded));
    }

    [Fact]
    public void Figures_without_an_interval_stand_alone_or_say_why()
    {
        Assert.Equal(("0.500", "0.500", "one patient"), Told(new Estimate(0.5, null, null, "one patient")));
        Assert.Equal(("no lesion", "–", "no lesion"), Told(Estimate.Undefined("no lesion")));
    }

    private static (string, string, string) Told(Estimate figure) =>
        (FigureText.WithInterval(figure), FigureText.WithEnds(figure), FigureText.Interval(figure));
}
