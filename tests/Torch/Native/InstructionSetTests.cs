using System.Diagnostics;

namespace Coverslip.Torch.Tests.Native;

/// <summary>
/// The tests of the kernels with each instruction set that <c>COVERSLIP_SIMD</c> can name, in a process of its own: the
/// choice holds for a process's life.
/// </summary>
public sealed class InstructionSetTests
{
    private const string Variable = "COVERSLIP_SIMD";

    [Theory]
    [InlineData("avx2")]
    [InlineData("none")]
    public void The_kernels_are_right_with(string set)
    {
        Assert.SkipWhen(set == "avx2" && TorchRuntime.Simd != "avx512", "this run is of AVX2 itself, or has less");
        var (code, output) = Run(set, "--filter-namespace", typeof(Kernels.Comparison).Namespace!);
        Assert.True(code == 0, output);
    }

    [Fact]
    public void An_unknown_set_is_refused()
    {
        var (code, output) = Run(
            "sse",
            "--filter-method",
            $"{typeof(Kernels.ChosenSetTests).FullName}.{nameof(Kernels.ChosenSetTests.It_is_the_one_that_was_asked)}"
        );
        Assert.NotEqual(0, code);
        Assert.Contains("COVERSLIP_SIMD is 'sse'; known are avx512, avx2 and none", output, StringComparison.Ordinal);
    }

    private static (int Code, string Output) Run(string set, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["--no-ansi", "--no-progress", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [Variable] = set },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
