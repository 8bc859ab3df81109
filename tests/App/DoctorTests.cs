using System.Text.Json;
using Coverslip.App.Commands;
using Coverslip.App.Doctor;

namespace Coverslip.App.Tests;

/// <remarks>In one collection with every class that redirects the console.</remarks>
[Collection("console")]
public sealed class DoctorTests
{
    [Theory]
    [InlineData("8", 8, true)]
    [InlineData("1", 8, false)]
    [InlineData(null, 8, false)]
    public void Threads_should_equal_cores(string? asked, int cores, bool ok)
    {
        var check = RunEnvironmentChecks.Threads(asked, cores);
        Assert.Equal(ok, check.Ok);
        Assert.Equal(ok, check.Mend is null);
        Assert.Contains("8 cores", check.Found);
    }

    [Theory]
    [InlineData("/usr/lib/x86_64-linux-gnu/openblas-pthread/libblas.so.3", null, true)]
    [InlineData("/usr/lib/x86_64-linux-gnu/openblas-pthread/libopenblasp-r0.3.21.so", "/t/libtorch_cpu.so", true)]
    [InlineData("/usr/lib/x86_64-linux-gnu/blas/libblas.so.3.11.0", "/t/libtorch_cpu.so", false)]
    [InlineData(null, "/wheel/torch/lib/libtorch_cpu.so", true)]
    [InlineData(null, null, false)]
    public void The_reference_blas_will_not_do(string? blas, string? torch, bool ok) =>
        Assert.Equal(ok, LibraryChecks.Blas(blas, torch).Ok);

    [Theory]
    [InlineData("flags\t: avx2 avx512f avx512_bf16 amx_bf16", true, "Zen: AVX2, AVX-512, AVX512-BF16, AMX-BF16", false)]
    [InlineData("flags\t\t: fpu avx2", true, "Zen: AVX2", true)]
    [InlineData("Features\t: fp asimd bf16", true, "Zen: NEON, BF16", false)]
    [InlineData("flags\t\t: fpu sse2", false, "Zen: no vector instructions known here", true)]
    public void Processor_features_are_read(string flags, bool ok, string found, bool hint)
    {
        var check = MachineChecks.OfProcessor(["processor\t: 0", "model name\t: Zen", flags, "", "processor\t: 1"]);
        Assert.Equal((ok, found, hint), (check.Ok, check.Found, check.Mend is not null));
    }

    [Theory]
    [InlineData("torch/version.py", "__version__ = '2.5.1+cu124'\ndebug = False\n", "2.5.1+cu124")]
    [InlineData(
        "torch/include/torch/csrc/api/include/torch/version.h",
        "#define TORCH_VERSION_MAJOR 2\n#define TORCH_VERSION_MINOR 9\n#define TORCH_VERSION_PATCH 1\n",
        "2.9.1"
    )]
    [InlineData("elsewhere", "", "1.13.0")]
    public void The_version_of_libtorch_is_read_from_what_lies_around_it(string file, string text, string version)
    {
        using var folder = new LauncherFolder();
        folder.Write(file, text);
        folder.Write("torch/lib/empty", "");
        Assert.Equal(version, LibraryChecks.TorchVersion(folder.At("torch/lib/libtorch_cpu.so.1.13.0")));
    }

    [Fact]
    public void What_is_wrong_stands_with_how_to_mend_it()
    {
        var output = new StringWriter();
        DoctorCommand.Write([new("BLAS", "none", false, "install it"), new("memory", "8 GiB", true)], output);
        Assert.Equal(
            "wrong  BLAS    none\n               → install it\nok     memory  8 GiB\n1 of 2 to mend\n",
            output.ToString()
        );
    }

    [Fact]
    public void Every_check_of_this_machine_ends_with_a_finding()
    {
        var checks = Examination.Run();
        Assert.Equal(
            [
                ".NET",
                "libtorch",
                "kernels",
                "BLAS",
                "OpenCV",
                "OpenSlide",
                "processor",
                "GPU",
                "memory",
                "threads",
                "allocator",
                "launcher",
            ],
            checks.Select(check => check.Name)
        );
        Assert.All(checks, check => Assert.True(check.Ok || check.Mend is not null, check.Name));
        Assert.All(checks, check => Assert.NotEmpty(check.Found));
    }

    [Fact]
    public void A_run_is_warned_of_exactly_what_the_doctor_finds_wrong_with_its_settings()
    {
        string[] settings = ["BLAS", "threads", "allocator"];
        var wrong = Examination
            .Run()
            .Where(check => !check.Ok && settings.Contains(check.Name))
            .Select(check => check.Name);
        var warned = Examination.RunWarnings().Select(line => line.Split(": ")[1]);
        Assert.Equal(wrong, warned);
    }

    [Fact]
    public void Json_on_standard_output_is_one_array()
    {
        var before = Console.Out;
        var output = new StringWriter();
        Console.SetOut(output);
        try
        {
            DoctorCommand.Create().Parse(["--json"]).Invoke();
        }
        finally
        {
            Console.SetOut(before);
        }
        var checks = JsonDocument.Parse(output.ToString()).RootElement.EnumerateArray().ToList();
        Assert.Equal(12, checks.Count);
        Assert.All(checks, check => Assert.True(check.TryGetProperty("name", out _)));
        Assert.All(checks, check => Assert.True(check.TryGetProperty("mend", out _)));
    }
}
