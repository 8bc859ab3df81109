namespace Coverslip.Torch.Tests.Kernels;

/// <summary>
/// σ(gate) ⊙ ELU(feature): the one-pass operator against the formula, in both layouts and beside its fallback.
/// </summary>
[NoTensorLeaks]
[Threads(2)]
public sealed class GatedEluTests
{
    [Theory]
    [InlineData(2, 6, 5, 7, MemoryFormat.Contiguous)]
    [InlineData(2, 6, 5, 7, MemoryFormat.ChannelsLast)]
    [InlineData(1, 2, 1, 1, MemoryFormat.ChannelsLast)]
    [InlineData(3, 64, 33, 31, MemoryFormat.ChannelsLast)]
    [InlineData(3, 64, 33, 31, MemoryFormat.Contiguous)]
    public void Values_and_gradients_follow_the_formula(
        int images,
        int channels,
        int height,
        int width,
        MemoryFormat format
    )
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(3);
        long[] shape = [images, channels, height, width];
        var x = Leaf((Tensor.Randn(shape) * 3).Contiguous(format));
        var flowing = Tensor.Randn([images, channels / 2, height, width]);
        var output = x.GatedElu();
        output.Backward(flowing);
        var (values, given, flow) = (x.ToArray<float>(), output.ToArray<float>(), flowing.ToArray<float>());
        var gradient = x.Gradient!.ToArray<float>();
        var half = channels / 2 * height * width;
        for (var i = 0; i < given.Length; i++)
        {
            var feature = i / half * 2 * half + i % half;
            double f = values[feature],
                s = 1 / (1 + Math.Exp(-values[feature + half]));
            var (elu, slope) = f > 0 ? (f, 1.0) : (Math.Exp(f) - 1, Math.Exp(f));
            Near(s * elu, given[i]);
            Near(flow[i] * s * slope, gradient[feature]);
            // 1 − s loses digits where the gate is wide open, as in PyTorch's own sigmoid.
            Near(flow[i] * elu * s * (1 - s), gradient[feature + half], 2e-7 * Math.Abs(flow[i] * elu));
        }
        Assert.Equal(format == MemoryFormat.ChannelsLast, x.Gradient!.IsChannelsLast);
    }

    [Fact]
    public void Large_numbers_neither_overflow_nor_lose_their_gradient()
    {
        using var scope = new TensorScope();
        var x = Leaf(Tensor.From<float>([80, -80, 80, -80, 80, 80, -80, -80], 1, 8, 1, 1));
        var output = x.GatedElu();
        output.Backward(Tensor.Ones([1, 4, 1, 1]));
        Assert.Equal([80f, -1f, 0f, 0f], output.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.Equal(1f, x.Gradient!.ToArray<float>()[0], 1e-6);
        Assert.All(x.Gradient!.ToArray<float>(), g => Assert.True(float.IsFinite(g)));
    }

    [Theory]
    [InlineData(MemoryFormat.Contiguous)]
    [InlineData(MemoryFormat.ChannelsLast)]
    public void The_fallback_of_other_types_agrees(MemoryFormat format)
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(4);
        var values = Tensor.Randn([2, 8, 6, 5]).Contiguous(format);
        var (one, wide) = (Leaf(values), Leaf(values.To(DType.Float64)));
        var (fast, plain) = (one.GatedElu(), wide.GatedElu());
        Assert.Equal(DType.Float64, plain.DType);
        fast.Sum().Backward();
        plain.Sum().Backward();
        Assert.Equal(plain.ToArray<double>(), fast.To(DType.Float64).ToArray<double>(), Close);
        Assert.Equal(wide.Gradient!.ToArray<double>(), one.Gradient!.To(DType.Float64).ToArray<double>(), Close);
    }

    /// <summary>Of maps in bfloat16 one rounding of the output and of the gradient, none between.</summary>
    [Theory]
    [InlineData(MemoryFormat.Contiguous)]
    [InlineData(MemoryFormat.ChannelsLast)]
    public void Short_maps_are_rounded_once(MemoryFormat format)
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(4);
        var values = (Tensor.Randn([2, 38, 6, 5]) * 2).Contiguous(format).To(DType.BFloat16);
        var (flowing, wide) = (Tensor.Randn([2, 19, 6, 5]).To(DType.BFloat16), Leaf(values.To(DType.Float32)));
        var brief = Leaf(values);
        var (given, wanted) = (brief.GatedElu(), wide.GatedElu());
        given.Backward(flowing);
        wanted.Backward(flowing.To(DType.Float32));
        Assert.Equal(DType.BFloat16, given.DType);
        foreach (var (here, there) in new[] { (given, wanted.Detach()), (brief.Gradient!, wide.Gradient!) })
            Assert.Equal(
                there.To(DType.BFloat16).To(DType.Float32).ToArray<float>(),
                here.To(DType.Float32).ToArray<float>()
            );
    }

    [Fact]
    public void An_odd_number_of_channels_is_refused()
    {
        using var scope = new TensorScope();
        Assert.Contains("even", Assert.Throws<TorchException>(() => Tensor.Zeros([1, 3, 2, 2]).GatedElu()).Message);
    }

    private static Tensor Leaf(Tensor values)
    {
        var leaf = values.Detach();
        leaf.RequiresGrad = true;
        return leaf;
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-6 + 1e-5 * Math.Abs(a);

    private static void Near(double expected, double actual, double more = 0) =>
        Assert.True(
            Math.Abs(expected - actual) < 1e-6 + 1e-5 * Math.Abs(expected) + more,
            $"expected was {expected:R}, got {actual:R}"
        );
}
