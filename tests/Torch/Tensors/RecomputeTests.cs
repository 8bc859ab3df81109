using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Tests.Tensors;

[NoTensorLeaks]
public sealed class RecomputeTests
{
    /// <summary>How a part is run: plainly, recomputed, recomputed inside a recomputed part.</summary>
    private delegate Tensor Way(Func<Tensor, Tensor> part, Tensor x);

    private static Tensor Plain(Func<Tensor, Tensor> part, Tensor x) => part(x);

    private static Tensor Once(Func<Tensor, Tensor> part, Tensor x) => Recompute.Run(t => [part(t[0])], x)[0];

    private static Tensor Nested(Func<Tensor, Tensor> part, Tensor x) => Once(t => Once(part, t), x);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Gradients_and_running_statistics_equal_the_plain_runs(bool nested, bool autocast)
    {
        using var scope = new TensorScope();
        var plain = Train(Plain, autocast);
        var recomputed = Train(nested ? Nested : Once, autocast);
        Assert.Equal(plain.Keys, recomputed.Keys);
        foreach (var (key, value) in plain)
            Golden.Near(value, recomputed[key], key);
    }

    [Fact]
    public void Backward_inside_autocast_reaches_the_parameters()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        var linear = new Linear(store.Root, 3, 2);
        var x = Tensor.Ones([1, 3], device: TestDevice.Current);
        using (new Autocast(TestDevice.Current, DType.BFloat16))
            Once(linear.Forward, x).Sum().Backward();
        Assert.Equal([1f, 1, 1, 1, 1, 1], linear.Weight.Gradient!.ToArray<float>());
    }

    [Fact]
    public void Several_inputs_and_outputs_pass_their_gradients()
    {
        using var scope = new TensorScope();
        var (a, b) = (Tensor.From([2f]).Here(), Tensor.From([3f]).Here());
        (a.RequiresGrad, b.RequiresGrad) = (true, true);
        var outputs = Recompute.Run(t => [t[0] * t[1], t[0] + t[1]], a, b);
        (outputs[0] + outputs[1] * 10).Sum().Backward();
        Assert.Equal(13, a.Gradient!.Item());
        Assert.Equal(12, b.Gradient!.Item());
    }

    [Fact]
    public void An_exception_of_the_first_run_comes_through()
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones([2], device: TestDevice.Current);
        var error = Assert.Throws<InvalidOperationException>(() =>
            Recompute.Run(_ => throw new InvalidOperationException("first"), x)
        );
        Assert.Equal("first", error.Message);
        Assert.Throws<ArgumentException>(() => Recompute.Run(t => t));
        var many = Assert.Throws<TorchException>(() => Recompute.Run(t => [.. Enumerable.Repeat(t[0], 17)], x));
        Assert.Contains("17", many.Message);
    }

    [Fact]
    public void An_exception_of_the_second_run_comes_through_backward()
    {
        using var scope = new TensorScope();
        var x = Tensor.Ones([2], device: TestDevice.Current);
        x.RequiresGrad = true;
        var runs = 0;
        var y = Recompute
            .Run(t => runs++ == 0 ? [t[0] * 2] : throw new InvalidOperationException("second"), x)[0]
            .Sum();
        Assert.Equal("second", Assert.Throws<InvalidOperationException>(() => y.Backward()).Message);
        Assert.False(Recompute.IsSecondRun);
        // The mode of the failed run is left: recording still works.
        (x * 3)
            .Sum()
            .Backward();
        Assert.Equal([3f, 3], x.Gradient!.ToArray<float>());
    }

    private static Dictionary<string, Tensor> Train(Way way, bool autocast)
    {
        TorchRuntime.Seed(9);
        using var store = new ParameterStore(TestDevice.Current);
        var conv = new Conv2d(store.Root / "conv", 3, 4, 3);
        var norm = new BatchNorm2d(store.Root / "norm", 4);
        var dropout = new Dropout(store.Root, 0.4);
        var x = Tensor.Rand([2, 3, 6, 6]).Here();
        x.RequiresGrad = true;
        var results = new Dictionary<string, Tensor>();
        for (var i = 0; i < 2; i++)
        {
            store.ClearGradients();
            Tensor y;
            using (new Autocast(TestDevice.Current, autocast ? DType.BFloat16 : DType.Float32))
                y = way(t => dropout.Forward(norm.Forward(conv.Forward(t)).Relu()), x);
            y.To(DType.Float32).Square().Mean().Backward();
            // The second pass must see these weights, not the shortened ones of the first.
            using var off = new NoGradient();
            conv.Weight.AddInPlace(conv.Weight.Gradient!, -10);
        }
        foreach (var (path, value) in store.Parameters)
            results.Add($"gradient of {path}", value.Gradient!);
        foreach (var (path, value) in store.All)
            results.Add(path, value.Detach().Clone());
        results.Add("gradient of x", x.Gradient!);
        return results;
    }
}
