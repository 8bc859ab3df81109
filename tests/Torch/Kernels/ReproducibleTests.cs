namespace Coverslip.Torch.Tests.Kernels;

/// <summary>Results that do not depend on the number of threads: the same bits with one, two, three and five.</summary>
[NoTensorLeaks]
[Threads(2)]
public sealed class ReproducibleTests : IDisposable
{
    private static readonly int[] Threads = [1, 2, 3, 5];

    public void Dispose() => TorchRuntime.Reproducible = false;

    private static readonly Operator Conv3x3 = new("coverslip::conv3x3"),
        Conv1x1 = new("coverslip::conv1x1"),
        Depthwise = new("coverslip::depthwise"),
        Norm = new("coverslip::batch_norm_relu");

    [Theory]
    [InlineData(3, 2, 37, 61, 43)] // threads share the tiles
    [InlineData(3, 1, 130, 65, 33)] // threads share the inputs
    [InlineData(1, 2, 37, 61, 43)]
    [InlineData(1, 1, 160, 24, 41)]
    public void A_convolution_and_its_gradients(int kernel, int batch, int input, int output, int side) =>
        SameBits(
            t => (kernel == 3 ? Conv3x3 : Conv1x1).Call(t[0], t[1], t[2]),
            [batch, input, side, side],
            [output, input, kernel, kernel],
            [output]
        );

    [Fact]
    public void A_depthwise_convolution_and_its_gradients() =>
        SameBits(t => Depthwise.Call(t[0], t[1], 1, new long[] { 2, 2 }), [2, 24, 41, 33], [24, 1, 5, 5]);

    [Fact]
    public void A_batch_norm_and_its_gradients() =>
        SameBits(
            t => Norm.Call(t[0], t[1], t[2], (Tensor?)null, (Tensor?)null, 0.1, 1e-5, 2),
            [3, 24, 41, 33],
            [24],
            [24]
        );

    /// <summary>libtorch divides a sum, and a product's, among its threads.</summary>
    [Fact]
    public void Sums_and_products_of_libtorch()
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(1);
        var (many, wide) = (Tensor.Randn([3_000_001]), Tensor.Randn([384, 2048]));
        SameBits(() => [many.Sum(), many.Norm(), wide.Matmul(wide.Transpose(0, 1))]);
    }

    [Fact]
    public void Threads_are_those_of_before_and_may_be_changed_meanwhile()
    {
        Assert.Equal((2, false), (TorchRuntime.Threads, TorchRuntime.Reproducible));
        TorchRuntime.Reproducible = true;
        TorchRuntime.Reproducible = true;
        Assert.Equal((2, true), (TorchRuntime.Threads, TorchRuntime.Reproducible));
        TorchRuntime.Threads = 3;
        Assert.Equal(3, TorchRuntime.Threads);
        TorchRuntime.Reproducible = false;
        Assert.Equal((3, false), (TorchRuntime.Threads, TorchRuntime.Reproducible));
    }

    private static void SameBits(Func<Tensor[], Tensor> operation, long[] image, params long[][] others)
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(1);
        Tensor[] leaves = [Comparison.Image(image), .. others.Select(shape => Tensor.Randn(shape))];
        foreach (var leaf in leaves)
            leaf.RequiresGrad = true;
        SameBits(() =>
        {
            foreach (var leaf in leaves)
                leaf.Gradient?.FillInPlace(0);
            var output = operation(leaves);
            (output * output).Sum().Backward();
            return [output.Detach(), .. leaves.Select(l => l.Gradient!.Clone())];
        });
    }

    private static void SameBits(Func<Tensor[]> compute)
    {
        TorchRuntime.Reproducible = true;
        float[][]? first = null;
        foreach (var threads in Threads)
        {
            TorchRuntime.Threads = threads;
            using var scope = new TensorScope();
            float[][] found = [.. compute().Select(t => t.Contiguous().ToArray<float>())];
            first ??= found;
            foreach (var (i, values) in found.Index())
                Assert.True(first[i].AsSpan().SequenceEqual(values), $"tensor {i} with {threads} threads");
        }
    }
}
