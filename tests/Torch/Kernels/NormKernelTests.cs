namespace Coverslip.Torch.Tests.Kernels;

/// <summary>
/// Batch norm with its ReLU, and its inference form, of native/torch against libtorch's in float64, for maps of float32
/// and bfloat16; a bfloat16 map's reference computes from the same rounded numbers.
/// </summary>
[NoTensorLeaks]
[Threads(2)]
public sealed class NormKernelTests
{
    private const double Momentum = 0.1,
        Epsilon = 1e-5;

    private static readonly Operator Norm = new("coverslip::batch_norm_relu"),
        Affine = new("coverslip::channel_affine"),
        LibtorchNorm = new("aten::batch_norm"),
        HardTanh = new("aten::hardtanh");

    private static readonly int[][] Shapes =
    [
        [1, 1, 3, 8],
        [2, 16, 5, 7],
        [1, 37, 5, 7],
        [3, 100, 13, 9],
        [1, 130, 33, 31],
        [1, 3, 123, 97],
    ];

    /// <summary>Where the ReLU stands (0 nowhere, 1 before, 2 after, 3 after and cut off at 6), and the map's type.</summary>
    public static TheoryData<long, DType> Kinds =>
        new(Enumerable.Range(0, 4).SelectMany(r => new[] { DType.Float32, DType.BFloat16 }.Select(t => ((long)r, t))));

    [Theory, MemberData(nameof(Kinds))]
    public void Batch_norm_equals_libtorchs_with_its_gradients_and_running_statistics(long relu, DType type)
    {
        // With this seed no value lies so near a ReLU's edge that rounding puts it on the other side.
        TorchRuntime.Seed(1);
        foreach (var shape in Shapes)
        {
            using var scope = new TensorScope();
            var channels = shape[1];
            Tensor[] own = [Tensor.Zeros([channels]), Tensor.Ones([channels])],
                wanted = [own[0].To(DType.Float64), own[1].To(DType.Float64)];
            Comparison.Agree(
                t => Norm.Call(t[0], t[1], t[2], own[0], own[1], Momentum, Epsilon, relu),
                t => Reference(t, wanted, relu),
                [.. Operands(shape, type)],
                type == DType.Float32 ? 2e-4 : 1e-2
            );
            Comparison.Close("running mean", own[0], wanted[0], 1e-5);
            Comparison.Close("running variance", own[1], wanted[1], 1e-5);
        }
    }

    [Theory]
    [InlineData(0, DType.Float32)]
    [InlineData(2, DType.Float32)]
    [InlineData(0, DType.BFloat16)]
    [InlineData(2, DType.BFloat16)]
    public void One_with_an_image_added_equals_libtorchs_with_the_gradients_of_both(long relu, DType type)
    {
        TorchRuntime.Seed(1);
        foreach (var shape in Shapes)
        {
            using var scope = new TensorScope();
            Tensor[] own = [Tensor.Zeros([shape[1]]), Tensor.Ones([shape[1]])],
                wanted = [own[0].To(DType.Float64), own[1].To(DType.Float64)];
            Comparison.Agree(
                t => Norm.Call(t[0], t[1], t[2], own[0], own[1], Momentum, Epsilon, relu, t[3]),
                t =>
                {
                    var sum = Reference(t[..3], wanted, 0) + t[3];
                    return relu == 2 ? sum.Relu() : sum;
                },
                [.. Operands(shape, type), Comparison.Image([.. shape]).To(type)],
                    // libtorch rounds before the ReLU, and some numbers come to lie on its other side.
                    type == DType.Float32
                        ? 2e-4
                    : TorchRuntime.Simd == "none" ? 0.1
                    : 1e-2
            );
        }
    }

    [Fact]
    public void An_image_beside_its_channels_means_equals_libtorchs_with_the_gradients_of_both()
    {
        TorchRuntime.Seed(3);
        foreach (var shape in Shapes)
        {
            using var scope = new TensorScope();
            Comparison.Agree(
                t => Weighted(t[0].WithChannelMeans(), t[1]),
                t => Weighted((t[0], t[0].Mean([2, 3])), t[1]),
                [Comparison.Image([.. shape]), Tensor.Randn([shape[0], shape[1]])],
                1e-5
            );
        }
        static Tensor Weighted((Tensor Map, Tensor Means) both, Tensor weights) =>
            both.Map * both.Map + (both.Means * weights).Unsqueeze(2).Unsqueeze(3);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Inferences_scale_and_offset_equal_libtorchs(long relu, DType type)
    {
        TorchRuntime.Seed(2);
        foreach (var shape in Shapes)
        {
            using var scope = new TensorScope();
            var operands = Operands(shape, type);
            if (relu == 1)
            {
                Assert.Contains("got 1", Refusal(() => Affine.Call(operands[0], operands[1], operands[2], relu)));
                return;
            }
            var wide = operands.Select(t => t.To(DType.Float64)).ToArray();
            long[] each = [1, shape[1], 1, 1];
            var wanted = Activated(wide[0] * wide[1].Reshape(each) + wide[2].Reshape(each), relu);
            var output = Affine.Call(operands[0], operands[1], operands[2], relu);
            Assert.Equal(type, output.DType);
            Comparison.Close("output", output, wanted, type == DType.Float32 ? 1e-6 : 1e-2);
        }
    }

    [Fact]
    public void Inference_mode_gives_the_same()
    {
        using var scope = new TensorScope();
        var image = Comparison.Image(1, 4, 8, 8);
        Tensor Run() =>
            Norm.Call(image, Tensor.Ones([4]), Tensor.Zeros([4]), Argument.None, Argument.None, Momentum, Epsilon, 1);
        var wanted = Run().To(DType.Float64);
        using var inference = new Inference();
        Comparison.Close("output", Run(), wanted, 0);
    }

    [Fact]
    public void Numbers_of_other_channels_are_refused()
    {
        using var scope = new TensorScope();
        var (image, three) = (Comparison.Image(1, 4, 8, 8), Tensor.Ones([3]));
        Assert.Contains(
            "[1, 4, 8, 8], weight [3]",
            Refusal(() => Norm.Call(image, three, three, Argument.None, Argument.None, Momentum, Epsilon, 1))
        );
        Assert.Contains("[1, 4, 8, 8], scale [3]", Refusal(() => Affine.Call(image, three, three, 0)));
    }

    // The map, weight and bias. The map's mean is away from zero, as sums of squares do not like it.
    private static Tensor[] Operands(int[] shape, DType type) =>
        [(Comparison.Image([.. shape]) * 2 + 1).To(type), Tensor.Rand([shape[1]]) + 0.5, Tensor.Randn([shape[1]])];

    private static Tensor Reference(Tensor[] t, Tensor[] running, long relu) =>
        Activated(
            LibtorchNorm.Call(
                relu == 1 ? t[0].Relu() : t[0],
                t[1],
                t[2],
                running[0],
                running[1],
                true,
                Momentum,
                Epsilon,
                false
            ),
            relu
        );

    private static Tensor Activated(Tensor y, long relu) =>
        relu switch
        {
            2 => y.Relu(),
            3 => HardTanh.Call(y, 0.0, 6.0),
            _ => y,
        };

    private static string Refusal(Func<Tensor> call) => Assert.Throws<TorchException>(call).Message;
}
