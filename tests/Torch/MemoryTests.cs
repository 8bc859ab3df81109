using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Torch.Tests;

[NoTensorLeaks]
[Threads(1)]
public sealed class MemoryTests
{
    [Fact]
    public void Ten_thousand_steps_hold_the_processs_memory_flat()
    {
        TorchRuntime.Seed(1);
        using var store = new ParameterStore(TestDevice.Current);
        var conv = new Conv2d(store.Root / "conv", 3, 8, 3, new Conv2dOptions { Padding = 1 });
        var norm = new BatchNorm2d(store.Root / "norm", 8);
        var classes = new Linear(store.Root / "classes", 8, 2);
        using var sgd = new Sgd(store, 0.05, new SgdOptions { Momentum = 0.9 });
        double first = 0,
            last = 0;
        long resident = 0;
        for (var i = 1; i <= 10_000; i++)
        {
            last = Step();
            if (i == 1)
                first = last;
            if (i == 100)
                resident = ResidentBytes();
        }
        Assert.True(last < first / 2, $"the loss went from {first} to {last}");
        var grown = (ResidentBytes() - resident) / 1048576.0;
        Assert.True(grown < 20, $"resident memory grew by {grown:F1} MiB after the first hundred steps");

        double Step()
        {
            using var scope = new TensorScope();
            var x = Tensor.Rand([2, 3, 4, 4], device: TestDevice.Current);
            x.Narrow(0, 1, 1).MultiplyInPlace(0.2); // the second class is darker
            var map = Recompute.Run(t => [norm.Forward(conv.Forward(t[0])).Relu()], x)[0];
            var loss = Losses.CrossEntropy(classes.Forward(map.Mean([2, 3])), Tensor.From<long>([0, 1]).Here());
            store.ClearGradients();
            loss.Backward();
            sgd.Step();
            return loss.Item();
        }
    }

    /// <summary>
    /// VmRSS without what waits for the next collection: .NET lets the processor's cache size of garbage pile up first.
    /// </summary>
    private static long ResidentBytes()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024
            * long.Parse(
                line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                System.Globalization.CultureInfo.InvariantCulture
            );
    }
}
