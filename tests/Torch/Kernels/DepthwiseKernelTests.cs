namespace Coverslip.Torch.Tests.Kernels;

/// <summary>A filter of its own for every channel: native/torch's gradients against libtorch's in float64.</summary>
[NoTensorLeaks]
[Threads(2)]
public sealed class DepthwiseKernelTests
{
    private static readonly Operator Depthwise = new("coverslip::depthwise");

    /// <summary>[batch, channels, height, width], [kernel rows, kernel columns, stride, rows above, columns left].</summary>
    public static TheoryData<long[], int[]> Shapes =>
        new()
        {
            { [2, 37, 9, 11], [3, 7, 1, 1, 3] },
            { [1, 16, 8, 8], [5, 5, 2, 1, 1] },
            { [2, 100, 13, 9], [5, 5, 2, 0, 0] },
            { [1, 8, 7, 7], [7, 7, 2, 3, 3] },
            { [2, 44, 5, 6], [1, 7, 1, 0, 3] },
            { [1, 3, 2, 2], [5, 5, 1, 2, 2] },
        };

    [Theory, MemberData(nameof(Shapes))]
    public void Float32_maps_equal_libtorchs(long[] shape, int[] kernel) => Compare(shape, kernel, DType.Float32, 1e-5);

    /// <summary>Without kernels of ours libtorch computes, which on processors without AVX-512 adds gradients up in bfloat16.</summary>
    [Theory, MemberData(nameof(Shapes))]
    public void Bfloat16_maps_equal_libtorchs(long[] shape, int[] kernel) =>
        Compare(shape, kernel, DType.BFloat16, TorchRuntime.Simd == "none" ? 3e-2 : 1e-2);

    [Fact]
    public void A_weight_of_other_channels_is_refused()
    {
        using var scope = new TensorScope();
        var (image, weight) = (Comparison.Image(1, 4, 8, 8), Tensor.Zeros([3, 1, 5, 5]));
        var refusal = Assert.Throws<TorchException>(() => Depthwise.Call(image, weight, 1, new long[] { 2, 2 }));
        Assert.Contains("[1, 4, 8, 8], [3, 1, 5, 5]", refusal.Message, StringComparison.Ordinal);
    }

    private static void Compare(long[] shape, int[] kernel, DType type, double limit)
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(4);
        var geometry = new ConvGeometry
        {
            Stride = kernel[2],
            Padding = (kernel[3], kernel[4]),
            Groups = (int)shape[1],
        };
        Comparison.Agree(
            t => Depthwise.Call(t[0], t[1], (long)geometry.Stride, geometry.PaddingList),
            t => t[0].Conv2d(t[1], null, geometry),
            [Comparison.Image(shape).To(type), Tensor.Randn([shape[1], 1, kernel[0], kernel[1]])],
            limit
        );
    }
}
