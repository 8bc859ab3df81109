using Coverslip.Torch.Optimizers;

namespace Coverslip.Torch.Tests.Optimizers;

[NoTensorLeaks]
public sealed class SchedulesTests
{
    [Fact]
    public void Exponential_equals_PyTorchs() => Expect("exponential", i => Schedules.Exponential(0.1, 0.7, i), 1e-12);

    [Fact]
    public void Step_equals_PyTorchs() => Expect("step", i => Schedules.Step(0.1, 0.3, 5, i), 1e-12);

    [Fact]
    public void One_cycle_equals_PyTorchs() => Expect("one_cycle", i => Schedules.OneCycle(0.1, i / 10.0), 1e-4);

    [Fact]
    public void One_cycle_begins_peaks_and_ends_where_it_says()
    {
        Assert.Equal(0.1 / 25, Schedules.OneCycle(0.1, 0), 1e-12);
        Assert.Equal(0.1, Schedules.OneCycle(0.1, 0.25), 1e-12);
        Assert.Equal(0.1 / 1e5, Schedules.OneCycle(0.1, 1), 1e-12);
        Assert.Equal(Schedules.OneCycle(0.1, 1), Schedules.OneCycle(0.1, 2));
    }

    private static void Expect(string name, Func<int, double> rate, double tolerance)
    {
        using var scope = new TensorScope();
        var expected = new Golden(name)["out"].ToArray<double>();
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], rate(i), tolerance);
    }
}
