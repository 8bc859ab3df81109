using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Torch.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void A_small_net_learns_and_leaves_no_reference()
    {
        var before = Tensor.Live;
        using (var store = new ParameterStore())
        {
            TorchRuntime.Seed(1);
            var a = new Conv2d(store.Root / "a", 3, 8, 3, new Conv2dOptions { Padding = 1 });
            var n = new BatchNorm2d(store.Root / "n", 8);
            var b = new Linear(store.Root / "b", 8, 2);
            using var adam = new Adam(store, 1e-2);
            double first = 0, last = 0;
            for (var i = 0; i < 50; i++)
            {
                using var scope = new TensorScope();
                var x = Tensor.Rand([4, 3, 8, 8]);
                var y = Tensor.From<long>([0, 1, 0, 1]);
                x.Narrow(0, 1, 1).MultiplyInPlace(0.2);
                x.Narrow(0, 3, 1).MultiplyInPlace(0.2);
                var h = Recompute.Run(t => [n.Forward(a.Forward(t[0])).Relu()], x)[0].Mean([2, 3]);
                var loss = Losses.CrossEntropy(b.Forward(h), y);
                store.ClearGradients();
                loss.Backward();
                adam.Step();
                last = loss.Item();
                if (i == 0) first = last;
            }
            Assert.True(last < first / 2, $"{first} -> {last}");
        }
        Assert.Equal(before, Tensor.Live);
        var error = Assert.Throws<TorchException>(() => { using var s = new TensorScope(); return Tensor.Zeros([2, 3]).Matmul(Tensor.Zeros([2, 3])); });
        Assert.Contains("aten::matmul", error.Message);
        Assert.Contains("[2, 3]", error.Message);
    }
}
