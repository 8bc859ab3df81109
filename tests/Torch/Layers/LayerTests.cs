using Coverslip.Torch.Layers;

namespace Coverslip.Torch.Tests.Layers;

/// <summary>Outputs, gradients and buffers of every layer against PyTorch's.</summary>
[NoTensorLeaks]
public sealed class LayerTests
{
    private static readonly Dictionary<string, Func<ParameterPath, Func<Tensor, Tensor>>> Layers = new()
    {
        ["conv"] = at => new Conv2d(at, 3, 4, 3).Forward,
        ["conv_stride"] = at => new Conv2d(at, 3, 4, 3, new Conv2dOptions { Stride = 2, Padding = 1 }).Forward,
        ["conv_dilation"] = at => new Conv2d(at, 3, 4, 3, new Conv2dOptions { Padding = 2, Dilation = 2 }).Forward,
        ["conv_groups"] = at => new Conv2d(at, 4, 6, 3, new Conv2dOptions { Groups = 2, Bias = false }).Forward,
        ["conv_1x1"] = at => new Conv2d(at, 3, 5, 1).Forward,
        ["conv_sides"] = at => new Conv2d(at, 3, 4, (1, 5), new Conv2dOptions { Padding = (0, 2) }).Forward,
        ["linear"] = at => new Linear(at, 5, 4).Forward,
        ["linear_no_bias"] = at => new Linear(at, 5, 4, bias: false).Forward,
        ["batch_norm"] = at => new BatchNorm2d(at, 3).Forward,
        ["batch_norm_momentum"] = at => new BatchNorm2d(at, 3, momentum: 0.3, epsilon: 1e-3).Forward,
        ["batch_norm_relu"] = at => new BatchNorm2d(at, 3, activation: Activation.Relu).Forward,
        ["batch_norm_relu_eval"] = at => new BatchNorm2d(at, 3, activation: Activation.Relu).Forward,
        ["batch_norm_eval"] = at => new BatchNorm2d(at, 3).Forward,
        ["dropout_eval"] = at => new Dropout(at, 0.4).Forward,
    };

    public static TheoryData<string> Names => [.. Layers.Keys];

    public static TheoryData<string> MapNames => [.. Layers.Keys.Where(name => name[..4] is "conv" or "batc")];

    [Theory, MemberData(nameof(Names))]
    public void Outputs_gradients_and_buffers_equal_PyTorchs(string name) => Expect(name, x => x);

    [Theory, MemberData(nameof(MapNames))]
    public void Channels_last_equals_contiguous(string name) =>
        Expect(name, x => x.Contiguous(MemoryFormat.ChannelsLast), channelsLast: true);

    [Fact]
    public void Dropout_zeroes_its_share_and_scales_the_rest()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        TorchRuntime.Seed(5);
        var values = new Dropout(store.Root, 0.3)
            .Forward(Tensor.Ones([100_000], device: TestDevice.Current))
            .ToArray<float>();
        Assert.All(values, v => Assert.True(v == 0 || Math.Abs(v - 1 / 0.7f) < 1e-6));
        // Five standard deviations of a binomial share.
        Assert.Equal(0.3, values.Count(v => v == 0) / 100_000.0, 5 * Math.Sqrt(0.3 * 0.7 / 100_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(store.Root, 1));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Batch_norm_with_ReLU_is_batch_norm_and_then_ReLU(bool training, bool channelsLast)
    {
        using var scope = new TensorScope();
        (float[] Output, float[] Gradient, float[] Weight) Run(bool relu)
        {
            using var store = new ParameterStore(TestDevice.Current);
            var norm = new BatchNorm2d(store.Root, 5, activation: relu ? Activation.Relu : Activation.None);
            store.Training = training;
            TorchRuntime.Seed(3);
            var x = Tensor.Randn([4, 5, 6, 7], device: TestDevice.Current);
            if (channelsLast)
                x = x.Contiguous(MemoryFormat.ChannelsLast);
            x.RequiresGrad = true;
            var y = relu ? norm.Forward(x) : norm.Forward(x).Relu();
            (y * Tensor.Randn([4, 5, 6, 7], device: TestDevice.Current)).Sum().Backward();
            return (y.ToArray<float>(), x.Gradient!.ToArray<float>(), norm.Weight.Gradient!.ToArray<float>());
        }
        var (fused, plain) = (Run(relu: true), Run(relu: false));
        static bool Close(float a, float b) => Math.Abs(a - b) <= 1e-5f * (1 + Math.Abs(b));
        Assert.Equal(plain.Output, fused.Output, Close);
        Assert.Equal(plain.Gradient, fused.Gradient, Close);
        Assert.Equal(plain.Weight, fused.Weight, Close);
        Assert.Contains(plain.Output, v => v > 0);
    }

    [Fact]
    public void Frozen_batch_norm_acts_as_in_evaluation_and_keeps_its_statistics()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        var (frozen, free) = (new BatchNorm2d(store.Root / "frozen", 3), new BatchNorm2d(store.Root / "free", 3));
        store.Freeze(path => path.StartsWith("frozen.", StringComparison.Ordinal));
        Assert.Equal(["free.weight", "free.bias"], store.Trainable.Select(p => p.Path));
        Assert.Equal(12, store.ParameterCount);
        var x = Tensor.Rand([4, 3, 5, 5], device: TestDevice.Current) * 3 + 2;
        var (kept, normalized) = (frozen.Forward(x), free.Forward(x));
        // Running mean 0 and variance 1: nothing but epsilon changes the values.
        Golden.Near(x * (1 / Math.Sqrt(1 + 1e-5)), kept, "frozen", 1e-5);
        Assert.Equal(0, normalized.Mean().Item(), 1e-5);
        Assert.Equal([0f, 0, 0], store["frozen.running_mean"].ToArray<float>());
        Assert.Equal((0, 1), (store["frozen.num_batches_tracked"].Item(), store["free.num_batches_tracked"].Item()));
        (kept.Sum() + normalized.Square().Sum()).Backward();
        Assert.Null(store["frozen.weight"].Gradient);
        Assert.NotNull(store["free.weight"].Gradient);
    }

    private static void Expect(string name, Func<Tensor, Tensor> lay, bool channelsLast = false)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        var forward = Layers[name](store.Root);
        var golden = new Golden(name);
        store.Load(golden.Group("state"));
        if (channelsLast)
            store.ToChannelsLast();
        store.Training = !name.EndsWith("_eval", StringComparison.Ordinal);
        golden.Expect(forward(lay(golden.In("x"))), store);
    }
}
