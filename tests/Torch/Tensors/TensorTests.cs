namespace Coverslip.Torch.Tests.Tensors;

/// <summary>Making tensors, reading them back, and what each says about itself.</summary>
[NoTensorLeaks]
public sealed class TensorTests
{
    [Fact]
    public void Every_element_type_goes_in_and_out()
    {
        using var scope = new TensorScope();
        RoundTrip<byte>([0, 255], DType.UInt8);
        RoundTrip<sbyte>([-128, 127], DType.Int8);
        RoundTrip<short>([-3, 3], DType.Int16);
        RoundTrip<int>([-3, 3], DType.Int32);
        RoundTrip<long>([long.MinValue, long.MaxValue], DType.Int64);
        RoundTrip<Half>([(Half)0.5f, (Half)(-2f)], DType.Float16);
        RoundTrip<float>([0.1f, float.NaN], DType.Float32);
        RoundTrip<double>([0.1, double.NegativeInfinity], DType.Float64);
        RoundTrip<bool>([true, false], DType.Bool);
        var shortened = Tensor.From([1f, -2f]).To(DType.BFloat16);
        Assert.Equal([(ushort)0x3f80, (ushort)0xc000], shortened.ToArray<ushort>());
    }

    [Fact]
    public void Rows_come_back_in_order_whatever_the_layout()
    {
        using var scope = new TensorScope();
        var x = Tensor.Arange(0, 24, type: DType.Float32).Reshape(1, 2, 3, 4).Here();
        var pixels = x.Contiguous(MemoryFormat.ChannelsLast);
        Assert.True(pixels.IsChannelsLast);
        Assert.False(x.IsChannelsLast);
        Assert.Equal(x.ToArray<float>(), pixels.ToArray<float>());
        Assert.Equal([0f, 4, 8, 1], x.Select(1, 0).Transpose(1, 2).Flatten().Narrow(0, 0, 4).ToArray<float>());
    }

    [Fact]
    public void It_says_what_it_is()
    {
        using var scope = new TensorScope();
        var x = Tensor.Zeros([2, 0, 3], DType.Int32, TestDevice.Current);
        Assert.Equal([2, 0, 3], x.Shape);
        Assert.Equal((0, 3, 3, DType.Int32, TestDevice.Current), (x.Count, x.Size(2), x.Size(-1), x.DType, x.Device));
        Assert.Equal($"Int32[2, 0, 3] on {TestDevice.Current}", x.ToString());
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Size(3));
        Assert.Empty(x.ToArray<int>());
        Assert.Equal([1, 3, 5], Tensor.Arange(1, 6, 2).ToArray<long>());
        Assert.Equal([2.5f, 2.5f], Tensor.Full([2], 2.5).ToArray<float>());
        var scalar = Tensor.Full([], 3);
        Assert.Equal(3, scalar.Item());
        Assert.Empty(scalar.Shape);
    }

    [Fact]
    public void Normal_and_uniform_draws_have_their_moments()
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(2);
        const int n = 100_000;
        var normal = Tensor.Randn([n], device: TestDevice.Current).ToArray<float>();
        // Five standard errors: 1/√n of the mean, √(2/n) of the variance.
        Assert.Equal(0, normal.Average(), 5 / Math.Sqrt(n));
        Assert.Equal(1, normal.Average(v => (double)v * v), 5 * Math.Sqrt(2.0 / n));
        var uniform = Tensor.Empty([n], device: TestDevice.Current);
        uniform.UniformInPlace(-1, 3);
        var values = uniform.ToArray<float>();
        Assert.InRange(values.Min(), -1f, -0.99f);
        Assert.InRange(values.Max(), 2.99f, 3f);
        Assert.Equal(1, values.Average(), 5 * 4 / Math.Sqrt(12.0 * n));
    }

    [Fact]
    public void Gradients_add_up_until_they_are_cleared()
    {
        using var scope = new TensorScope();
        var w = Tensor.From([1f, 2]).Here();
        w.RequiresGrad = true;
        Assert.Null(w.Gradient);
        w.Square().Sum().Backward();
        w.Square().Sum().Backward();
        Assert.Equal([4f, 8], w.Gradient!.ToArray<float>());
        w.Gradient = null;
        Assert.Null(w.Gradient);
        var y = w * 3;
        y.Backward(Tensor.From([1f, 10]).Here(), retainGraph: true);
        y.Backward(Tensor.From([1f, 10]).Here());
        Assert.Equal([6f, 60], w.Gradient!.ToArray<float>());
        Assert.Throws<TorchException>(() => y.Backward());
        Assert.False(w.Detach().RequiresGrad);
    }

    private static void RoundTrip<T>(T[] values, DType type)
        where T : unmanaged
    {
        var tensor = Tensor.From(values).Here();
        Assert.Equal(type, tensor.DType);
        Assert.Equal(values, tensor.ToArray<T>());
    }
}
