using Coverslip.App.Reports;

namespace Coverslip.App.Tests.Reports;

public sealed class PlotAxisTests
{
    [Theory]
    [InlineData(0, 1, 5, 0, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    [InlineData(-0.3, 0.3, 3, 0, new[] { -0.2, 0, 0.2 })]
    [InlineData(1, 3, 6, 1, new double[] { 1, 2, 3 })]
    [InlineData(2e-4, 1e-3, 4, 0, new[] { 2e-4, 4e-4, 6e-4, 8e-4, 1e-3 })]
    public void Ticks_are_round(double low, double high, int about, double leastStep, double[] ticks) =>
        Assert.Equal(ticks, new PlotAxis((low, high), 0, 100).Ticks(about, leastStep));

    [Fact]
    public void Equal_ratios_are_equally_long_on_a_logarithmic_axis()
    {
        var axis = new PlotAxis((1e-6, 1e-2), 200, 0, logarithmic: true);
        Assert.Equal([1e-6, 1e-5, 1e-4, 1e-3, 1e-2], axis.Ticks(5).Select(t => Math.Round(t, 12)));
        Assert.Equal(100, axis.At(1e-4), 1e-9);
        Assert.False(axis.Holds(0));
    }

    [Theory]
    [InlineData(1e-3, 1e-6, true)]
    [InlineData(1e-3, 1e-4, false)]
    [InlineData(1, 0, false)]
    public void Only_orders_of_magnitude_need_one(double first, double last, bool expected) =>
        Assert.Equal(expected, PlotAxis.Logarithmic([first, last]));
}
