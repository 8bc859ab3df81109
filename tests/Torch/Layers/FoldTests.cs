using Coverslip.Torch.Layers;
using Coverslip.Torch.Scripts;

namespace Coverslip.Torch.Tests.Layers;

/// <summary>A folded store computes evaluation as an unfolded one, and is unfolded where its weights may change.</summary>
[NoTensorLeaks]
public sealed class FoldTests
{
    // Convolution and bias, stride, groups, sides; what stands behind it.
    public static TheoryData<string> Layers => ["none", "Relu", "Relu6", "bias", "stride", "groups", "norm", "linear"];

    [Theory, MemberData(nameof(Layers))]
    public void Folded_equals_unfolded_in_float32(string name) => Expect(name, DType.Float32, 1e-5);

    /// <summary>bfloat16 keeps 8 bits: a product of two rounded numbers, summed in float32, is rounded again.</summary>
    [Theory, MemberData(nameof(Layers))]
    public void Folded_equals_unfolded_in_bfloat16(string name) => Expect(name, DType.BFloat16, 1e-2);

    // Channels in and out, sides, images, kernel: what goes to native/torch's own convolutions, and just what does not.
    public static TheoryData<int, int, int, int, int, int> OwnShapes =>
        new()
        {
            { 8, 8, 3, 3, 1, 3 },
            { 16, 24, 9, 11, 2, 3 },
            { 7, 24, 9, 11, 2, 3 },
            { 37, 19, 5, 30, 3, 3 },
            { 130, 65, 13, 7, 1, 3 },
            { 16, 24, 2, 11, 2, 3 },
            { 16, 24, 9, 11, 2, 1 },
            { 130, 65, 13, 7, 1, 1 },
        };

    [Theory, MemberData(nameof(OwnShapes))]
    public void An_own_convolution_computes_what_stands_behind_it(
        int input,
        int output,
        int height,
        int width,
        int count,
        int kernel
    )
    {
        ExpectBehind(input, output, [count, height, width], kernel, new Conv2dOptions { Padding = kernel / 2 });
    }

    // Channels in and out, sides, images, stride, padding, dilation: 3×3 kernels without zeros around, and those whose pixels are
    // gathered where the processor has no AVX-512, in pieces of several taps and of one.
    public static TheoryData<int, int, int, int, int, int, int, int> GatheredShapes =>
        new()
        {
            { 64, 64, 9, 11, 2, 2, 1, 1 },
            { 65, 130, 8, 8, 1, 2, 0, 1 },
            { 130, 65, 13, 7, 3, 1, 0, 1 },
            { 64, 70, 14, 12, 1, 3, 1, 2 },
            { 530, 64, 6, 5, 2, 2, 1, 1 },
            { 64, 64, 40, 40, 2, 2, 1, 1 },
            { 63, 64, 9, 11, 2, 2, 1, 1 },
            { 16, 24, 9, 11, 2, 1, 0, 1 },
            { 37, 19, 5, 30, 3, 1, 0, 1 },
            { 16, 24, 4, 9, 2, 1, 0, 1 },
            { 64, 64, 9, 11, 1, 1, 2, 1 },
        };

    [Theory, MemberData(nameof(GatheredShapes))]
    public void A_convolution_without_zeros_or_with_steps_computes_what_stands_behind_it(
        int input,
        int output,
        int height,
        int width,
        int count,
        int stride,
        int padding,
        int dilation
    ) =>
        ExpectBehind(
            input,
            output,
            [count, height, width],
            3,
            new Conv2dOptions
            {
                Stride = stride,
                Padding = padding,
                Dilation = dilation,
            }
        );

    [Theory]
    [InlineData(1, 7)]
    [InlineData(1, 3)]
    [InlineData(7, 1)]
    public void A_convolution_of_a_row_or_column_computes_what_stands_behind_it(int rows, int columns) =>
        ExpectBehind(
            64,
            70,
            [2, 9, 11],
            new Sides(rows, columns),
            new Conv2dOptions { Padding = new Sides(rows / 2, columns / 2) }
        );

    private static void ExpectBehind(int input, int output, int[] images, Sides kernel, Conv2dOptions options)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        TorchRuntime.Seed(5);
        using var off = new NoGradient();
        var x = Images(input, images[0], images[1], images[2]);
        foreach (var adds in new[] { false, true })
        foreach (var activation in Enum.GetValues<Activation>())
        {
            var at = store.Root / $"{activation}{adds}";
            var convolution = new Conv2d(at / "conv", input, output, kernel, options with { Bias = adds });
            var norm = new BatchNorm2d(at / "norm", output, activation: adds ? Activation.None : activation);
            norm.Weight.UniformInPlace(4, 6);
            norm.Bias.UniformInPlace(-1, 1);
            Unfold(store);
            var shape = convolution.Forward(x).Shape;
            var added = Images(shape[1], shape[0], shape[2], shape[3]);
            Tensor Forward() => adds ? convolution.Forward(x, norm, added, activation) : convolution.Forward(x, norm);
            var wanted = Forward().ToArray<float>();
            store.Fold(DType.Float32);
            Close(wanted, Forward().ToArray<float>(), 1e-5);
            store.Fold(DType.BFloat16);
            Close(wanted, Forward().To(DType.Float32).ToArray<float>(), 1e-2);
        }
    }

    /// <summary>An image's numbers do not depend on how many others stand in its batch.</summary>
    [Theory]
    [InlineData(16, 1)]
    [InlineData(64, 2)]
    public void Images_one_by_one_are_the_same_bits(int channels, int stride)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        TorchRuntime.Seed(5);
        var options = new Conv2dOptions { Padding = 1, Stride = stride };
        var convolution = new Conv2d(store.Root, channels, 64, 3, options);
        store.Fold(DType.Float32);
        using var inference = new Inference();
        var x = Images(channels, 5, 9, 11);
        var all = convolution.Forward(x, Activation.Relu).ToArray<float>();
        var each = Enumerable
            .Range(0, 5)
            .SelectMany(i => convolution.Forward(x.Narrow(0, i, 1), Activation.Relu).ToArray<float>());
        Assert.Equal(all, each);
    }

    [Fact]
    public void Threads_may_meet_a_folded_layer_for_the_first_time_together()
    {
        using var scope = new TensorScope();
        for (var round = 0; round < 20; round++)
        {
            using var store = new ParameterStore(TestDevice.Current);
            Conv2d[] layers = [.. Enumerable.Range(0, 12).Select(i => new Conv2d(store.Root / $"c{i}", 8, 8, 3))];
            var x = Images(8, 1, 30, 30);
            store.Fold(DType.Float32);
            using var together = new Barrier(4);
            var sums = new float[4][];
            Thread[] threads = [.. Enumerable.Range(0, 4).Select(n => new Thread(() => Compute(n)))];
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            Assert.All(sums, s => Assert.Equal(sums[0], s));

            void Compute(int number)
            {
                using var each = new TensorScope();
                using var inference = new Inference();
                together.SignalAndWait();
                sums[number] = layers.Aggregate(x, (map, layer) => layer.Forward(map)).ToArray<float>();
            }
        }
    }

    [Fact]
    public void Images_of_another_size_get_the_same_weights()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        var forward = Build("Relu", store);
        store.Fold(DType.Float32);
        _ = forward(Images(8, 2, 9, 11));
        var other = Images(8, 5, 16, 6);
        var folded = forward(other).ToArray<float>();
        Unfold(store);
        Close(forward(other).ToArray<float>(), folded, 1e-5);
    }

    [Fact]
    public void Training_and_loading_unfold()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        var forward = Build("Relu", store);
        var x = Images(8, 2, 9, 9);
        store.Fold(DType.Float32);
        Assert.Equal(DType.Float32, store.Folded);
        Assert.False(store.Training);
        var before = forward(x).ToArray<float>();

        var doubled = store.All.ToDictionary(p => p.Path, p => p.Path == "norm.weight" ? p.Value * 2 : p.Value.Clone());
        store.Load(doubled);
        Assert.Null(store.Folded);
        store.Fold(DType.Float32);
        Assert.NotEqual(before, forward(x).ToArray<float>());

        store.Training = true;
        Assert.Null(store.Folded);
        var y = forward(x);
        Assert.True(y.RequiresGrad);
        Assert.Equal(1, store["norm.num_batches_tracked"].Item());
    }

    [Fact]
    public void A_script_of_a_folded_store_holds_the_store_s_own_parameters()
    {
        var path = Path.Combine(Path.GetTempPath(), $"coverslip-{Guid.NewGuid():n}.pt");
        try
        {
            using var scope = new TensorScope();
            using var store = new ParameterStore(TestDevice.Current);
            var forward = Build("Relu", store);
            var x = Images(8, 2, 9, 9);
            store.Fold(DType.Float32);
            TorchScript.Save(path, [store], inputs => [forward(inputs[0])], [x]);
            using var script = TorchScript.Load(path, TestDevice.Current);
            Close(forward(x).ToArray<float>(), script.Run(x)[0].ToArray<float>(), 1e-5);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Expect(string name, DType type, double share)
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore(TestDevice.Current);
        var forward = Build(name, store);
        var x = name == "linear" ? Tensor.Randn([3, 8], device: TestDevice.Current) : Images(8, 2, 9, 11);
        store.Training = false;
        var wanted = forward(x).ToArray<float>();
        store.Fold(type);
        using var inference = new Inference();
        for (var i = 0; i < 2; i++)
        {
            var folded = forward(x);
            Assert.Equal(name == "norm" ? DType.Float32 : type, folded.DType);
            Close(wanted, folded.To(DType.Float32).ToArray<float>(), share);
        }
    }

    private static Func<Tensor, Tensor> Build(string name, ParameterStore store)
    {
        TorchRuntime.Seed(4);
        var options = name switch
        {
            "bias" => new Conv2dOptions { Padding = 1 },
            "stride" => new Conv2dOptions { Stride = 2, Bias = false },
            "groups" => new Conv2dOptions
            {
                Groups = 8,
                Bias = false,
                Padding = 1,
            },
            _ => new Conv2dOptions { Bias = false },
        };
        var at = store.Root;
        if (name == "linear")
            return new Linear(at, 8, 5).Forward;
        var activation = Enum.TryParse<Activation>(name, out var parsed) ? parsed : Activation.None;
        var output = name == "norm" ? 8 : 24;
        var norm = new BatchNorm2d(at / "norm", output, activation: activation);
        using var off = new NoGradient();
        norm.Weight.UniformInPlace(4, 6);
        norm.Bias.UniformInPlace(-1, 1);
        store["norm.running_mean"].UniformInPlace(-0.5, 0.5);
        store["norm.running_var"].UniformInPlace(0.2, 0.6);
        if (name == "norm")
            return norm.Forward;
        var convolution = new Conv2d(at / "conv", 8, output, 3, options);
        return name == "none" ? convolution.Forward : x => convolution.Forward(x, norm);
    }

    private static Tensor Images(long channels, long count, long height, long width) =>
        Tensor
            .Randn([count, channels, height, width], device: TestDevice.Current)
            .Contiguous(MemoryFormat.ChannelsLast);

    private static void Unfold(ParameterStore store)
    {
        store.Training = true;
        store.Training = false;
    }

    /// <summary>Fails where the difference is longer than a share of what was wanted.</summary>
    private static void Close(float[] wanted, float[] values, double share)
    {
        Assert.Equal(wanted.Length, values.Length);
        var off = Math.Sqrt(wanted.Zip(values, (a, b) => Math.Pow(a - b, 2)).Sum() / wanted.Sum(v => (double)v * v));
        Assert.True(off <= share, $"off by {off:g3}, not {share:g3}");
    }
}
