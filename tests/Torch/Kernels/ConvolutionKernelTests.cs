namespace Coverslip.Torch.Tests.Kernels;

/// <summary>
/// Convolutions of native/torch against libtorch's in float64, values and gradients, over shapes whose tiles, channels
/// and blocks do not come out even.
/// </summary>
[NoTensorLeaks]
[Threads(2)]
public sealed class ConvolutionKernelTests
{
    // What a map loses that is stored in eight bits.
    private const double Tolerance = 2e-5,
        ShortTolerance = 3e-3,
        LibtorchsTolerance = 1e-2;

    private static readonly Operator Conv3x3 = new("coverslip::conv3x3"),
        Conv1x1 = new("coverslip::conv1x1");

    /// <summary>[batch, in, out, height, width]; from 129 channels on, blocks and the threads' shares are others.</summary>
    public static TheoryData<int, int, int, int, int> Shapes =>
        new()
        {
            { 1, 1, 1, 3, 8 },
            { 1, 3, 100, 1, 1 },
            { 1, 3, 100, 123, 97 },
            { 2, 5, 6, 1, 40 },
            { 2, 16, 16, 8, 8 },
            { 2, 16, 37, 5, 7 },
            { 2, 37, 3, 4, 4 },
            { 1, 37, 100, 5, 7 },
            { 2, 100, 37, 13, 9 },
            { 1, 100, 100, 48, 48 },
            { 1, 128, 128, 12, 16 },
            { 1, 129, 16, 9, 11 },
            { 1, 130, 65, 33, 31 },
            { 2, 131, 257, 6, 7 },
            { 1, 512, 160, 4, 5 },
            { 1, 160, 256, 41, 43 },
        };

    [Theory, MemberData(nameof(Shapes))]
    public void A_3_by_3_convolution_equals_libtorchs(int batch, int input, int output, int height, int width) =>
        Compare([batch, input, height, width], output, 3, 1);

    [Theory, MemberData(nameof(Shapes))]
    public void One_without_zeros_around_equals_libtorchs(int batch, int input, int output, int height, int width) =>
        Compare([batch, input, height + 2, width + 2], output, 3, 0);

    [Theory, MemberData(nameof(Shapes))]
    public void One_of_short_maps_and_long_weights_equals_libtorchs(
        int batch,
        int input,
        int output,
        int height,
        int width
    )
    {
        Compare([batch, input, height, width], output, 3, 1, DType.BFloat16);
        Compare([batch, input, height + 2, width + 2], output, 3, 0, DType.BFloat16);
    }

    [Theory, MemberData(nameof(Shapes))]
    public void A_1_by_1_convolution_equals_libtorchs(int batch, int input, int output, int height, int width) =>
        Compare([batch, input, height, width], output, 1, 0);

    [Fact]
    public void A_constant_image_gets_no_gradient_and_without_any_no_history()
    {
        using var scope = new TensorScope();
        var (image, weight) = (Comparison.Image(1, 4, 8, 8), Tensor.Randn([5, 4, 3, 3]));
        Assert.False(Conv3x3.Call(image, weight).RequiresGrad);
        weight.RequiresGrad = true;
        Conv3x3.Call(image, weight).Sum().Backward();
        Assert.Null(image.Gradient);
        Assert.NotNull(weight.Gradient);
    }

    [Theory]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Float64)]
    public void Other_types_go_to_libtorch(DType type)
    {
        using var scope = new TensorScope();
        var (image, weight) = (Comparison.Image(1, 4, 8, 8).To(type), Tensor.Randn([5, 4, 3, 3]).To(type));
        var wanted = image.Conv2d(weight, null, new ConvGeometry { Padding = 1 });
        image.RequiresGrad = true;
        var output = Conv3x3.Call(image, weight);
        Assert.Equal(type, output.DType);
        Comparison.Close("output", output, wanted.To(DType.Float64), 0);
        output.Sum().Backward();
        Assert.NotNull(image.Gradient);
    }

    [Fact]
    public void Inference_mode_gives_the_same()
    {
        using var scope = new TensorScope();
        var (image, weight) = (Comparison.Image(1, 16, 8, 8), Tensor.Randn([16, 16, 3, 3]));
        var wanted = Conv3x3.Call(image, weight).To(DType.Float64);
        using var inference = new Inference();
        Comparison.Close("output", Conv3x3.Call(image, weight), wanted, 0);
    }

    [Fact]
    public void Channels_that_do_not_fit_are_refused()
    {
        using var scope = new TensorScope();
        var image = Comparison.Image(1, 4, 8, 8);
        foreach (var (op, name, kernel) in new[] { (Conv3x3, "conv3x3", 3), (Conv1x1, "conv1x1", 1) })
        {
            var other = Tensor.Randn([5, 3, kernel, kernel]);
            var refusal = Assert.Throws<TorchException>(() => op.Call(image, other));
            Assert.Contains("coverslip::" + name, refusal.Message, StringComparison.Ordinal);
            Assert.Contains($"[5, 3, {kernel}, {kernel}]", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static void Compare(long[] shape, int output, int kernel, int padding, DType type = DType.Float32)
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(3);
        var image = (Comparison.Image(shape) + 0.3).To(type);
        var (weight, bias) = (
            Tensor.Randn([output, shape[1], kernel, kernel]) * (1 / Math.Sqrt(shape[1])),
            Tensor.Randn([output])
        );
        Assert.True(type == DType.Float32 ? image.ServedByOwnOperators : image.ShortServedByOwnOperators);
        // Weights as a store in channels-last has them, and as they are made.
        foreach (var layout in new[] { MemoryFormat.ChannelsLast, MemoryFormat.Contiguous })
            Comparison.Agree(
                t => kernel == 3 ? Conv3x3.Call(t[0], t[1], t[2], (long)padding) : Conv1x1.Call(t[0], t[1], t[2]),
                t => t[0].Conv2d(t[1], t[2], new ConvGeometry { Padding = padding }),
                [image, weight.Contiguous(layout), bias],
                type == DType.Float32 ? Tolerance
                    : TorchRuntime.Simd == "none" ? LibtorchsTolerance
                    : ShortTolerance
            );
    }
}
