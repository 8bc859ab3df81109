namespace Coverslip.Torch.Tests.Kernels;

/// <summary>Which instruction set the other tests of this folder ran with.</summary>
public sealed class ChosenSetTests
{
    [Fact]
    public void It_is_the_one_that_was_asked()
    {
        var asked = Environment.GetEnvironmentVariable("COVERSLIP_SIMD");
        Assert.Contains(TorchRuntime.Simd, asked is { Length: > 0 } ? [asked] : new[] { "avx512", "avx2", "none" });
    }
}
