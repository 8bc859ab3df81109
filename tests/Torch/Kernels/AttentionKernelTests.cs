namespace Coverslip.Torch.Tests.Kernels;

/// <summary>Attention of native/torch against libtorch's operators in float64.</summary>
[NoTensorLeaks]
[Threads(2)]
public sealed class AttentionKernelTests
{
    /// <summary>Images, tokens, heads and numbers of a head: less than a vector and no multiple of it, less and more than a block of rows.</summary>
    [Theory]
    [InlineData(1, 1, 1, 4)]
    [InlineData(2, 5, 3, 8)]
    [InlineData(1, 17, 2, 24)]
    [InlineData(2, 49, 1, 33)]
    [InlineData(2, 197, 6, 64)]
    [InlineData(1, 401, 2, 80)]
    public void It_equals_libtorchs(int batch, int tokens, int heads, int side)
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(3);
        var mixed = Tensor.Randn([batch, tokens, 3 * heads * side]) * 2;
        var expected = mixed.To(DType.Float64).Attention(heads);
        Comparison.Close("attention", mixed.Attention(heads), expected, 1e-5);
        Comparison.Close("of bfloat16", mixed.To(DType.BFloat16).Attention(heads).To(DType.Float32), expected, 3e-2);
        var half = mixed.Narrow(2, 0, 3 * heads * side); // and what is not laid out row by row
        Comparison.Close(
            "another layout",
            half.Transpose(0, 1).Contiguous().Transpose(0, 1).Attention(heads),
            expected,
            1e-5
        );
    }

    [Fact]
    public void Large_scores_do_not_overflow_and_a_gradient_flows()
    {
        using var scope = new TensorScope();
        TorchRuntime.Seed(4);
        var mixed = Tensor.Randn([1, 9, 3 * 16]) * 100;
        var expected = mixed.To(DType.Float64).Attention(2);
        Comparison.Close("large scores", mixed.Attention(2), expected, 1e-4);
        var (own, wide) = ((mixed / 100).Detach(), (mixed / 100).To(DType.Float64).Detach());
        (own.RequiresGrad, wide.RequiresGrad) = (true, true);
        own.Attention(2).Square().Sum().Backward();
        wide.Attention(2).Square().Sum().Backward();
        Comparison.Close("gradient", own.Gradient!, wide.Gradient!, 1e-4);
    }

    [Fact]
    public void Heads_that_do_not_divide_are_refused()
    {
        using var scope = new TensorScope();
        var refusal = Assert.Throws<TorchException>(() => Tensor.Randn([1, 2, 12]).Attention(5));
        Assert.Contains("3 * heads * side", refusal.Message, StringComparison.Ordinal);
    }
}
