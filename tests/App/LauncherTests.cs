namespace Coverslip.App.Tests;

public sealed class LauncherTests : IDisposable
{
    private readonly LauncherFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_call_builds_and_the_second_only_runs()
    {
        var first = _folder.Run("mask", "two words");
        var second = _folder.Run("mask", "two words");

        Assert.Matches(@"^program … ok \(\d+ s\)\n$", first.Errors);
        Assert.Equal("", second.Errors);
        Assert.Equal(1, _folder.Builds);
        Assert.All(
            [first, second],
            outcome =>
            {
                Assert.Equal(7, outcome.ExitCode);
                Assert.StartsWith("arguments: mask two words\n", outcome.Output);
            }
        );
    }

    [Theory]
    [InlineData("src/App/Program.cs")]
    [InlineData("src/Slides/New.cs")]
    [InlineData("global.json")]
    public void A_changed_or_new_source_is_built(string path)
    {
        _folder.Run();
        _folder.Write(path, "// changed");
        _folder.Run();
        Assert.Equal(2, _folder.Builds);
        _folder.Run();
        Assert.Equal(2, _folder.Builds);
    }

    [Fact]
    public async Task Another_version_is_built_beside_the_one_that_runs()
    {
        _folder.Run();
        await _folder.Start([], ("COVERSLIP_VERSION", "1.2.3"));
        await _folder.Start([], ("COVERSLIP_VERSION", "1.2.3"));
        Assert.Equal(2, _folder.Builds);
    }

    [Fact]
    public void A_test_source_does_not_concern_the_program()
    {
        _folder.Run();
        _folder.Write("tests/App/NewTests.cs", "");
        _folder.Run();
        Assert.Equal(1, _folder.Builds);
    }

    [Fact]
    public async Task Two_launchers_at_once_build_once()
    {
        _folder.Write("slow", "");
        var outcomes = await Task.WhenAll(_folder.Start([]), _folder.Start([]));
        Assert.Equal(1, _folder.Builds);
        Assert.All(outcomes, outcome => Assert.Equal(7, outcome.ExitCode));
    }

    [Fact]
    public void A_failed_step_shows_the_end_of_its_log_and_is_tried_again()
    {
        _folder.Write("broken", "");
        var outcome = _folder.Run();
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("  | Program.cs(3,7): error CS1002\n", outcome.Errors);
        Assert.Contains($"the whole log is {_folder.At("artifacts/logs/program.log")}", outcome.Errors);

        File.Delete(_folder.At("broken"));
        Assert.Equal(7, _folder.Run().ExitCode);
    }

    [Fact]
    public async Task A_missing_sdk_is_named_with_where_to_get_it()
    {
        _folder.Write("sdk/dotnet", "#!/bin/bash\n[[ $1 == --list-sdks ]] && echo '8.0.100 [/nowhere]'\n", true);
        var outcome = await _folder.Start([]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("has no .NET 10 SDK (it lists: 8.0.100 [/nowhere])", outcome.Errors);
        Assert.Contains("https://dotnet.microsoft.com/download/dotnet/10.0", outcome.Errors);
    }

    [Fact]
    public async Task A_folder_that_holds_no_libtorch_is_refused()
    {
        var outcome = await _folder.Start([], ("COVERSLIP_TORCH", "/nowhere/torch"));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("COVERSLIP_TORCH is '/nowhere/torch', which has no include/ and lib/", outcome.Errors);
        Assert.Equal(0, _folder.Builds);
    }

    [Fact]
    public async Task A_run_gets_threads_and_the_place_of_the_native_libraries()
    {
        var cores = Environment.ProcessorCount;
        var plain = _folder.Run();
        var chosen = await _folder.Start([], ("OMP_NUM_THREADS", "1"), ("COVERSLIP_ALLOCATOR", "system"));

        Assert.Contains($"threads: {cores} {cores}\n", plain.Output);
        Assert.Contains($"native: {_folder.At("artifacts/native/lib")}\n", plain.Output);
        Assert.Contains("threads: 1 1\n", chosen.Output); // of OpenBLAS, too
        Assert.Contains("preload: \nmalloc: \n", chosen.Output);
    }

    [Fact]
    public void A_run_gets_jemalloc_where_it_is_installed()
    {
        Assert.SkipUnless(
            Directory
                .EnumerateDirectories("/usr/lib", "*-linux-gnu")
                .Any(folder => File.Exists(Path.Combine(folder, "libjemalloc.so.2"))),
            "libjemalloc2 is not installed"
        );
        var output = _folder.Run().Output;
        Assert.Contains("libjemalloc.so.2\n", output);
        Assert.Contains("malloc: dirty_decay_ms:-1,muzzy_decay_ms:-1,oversize_threshold:0,thp:always\n", output);
    }

    [Fact]
    public void A_program_that_runs_keeps_its_files_through_a_build()
    {
        _folder.Write(
            "program",
            """
            #!/usr/bin/env bash
            [[ ${1:-} == wait ]] || exit 0
            echo "// changed" > "$PROJECT/src/App/Program.cs"
            bash "$PROJECT/coverslip" || exit
            [[ -e $0 ]] && echo "still here"
            """,
            executable: true
        );
        Assert.Equal("still here", _folder.Run("wait").LastLine);
        Assert.Equal(2, _folder.Builds);
        Assert.Equal(2, Directory.GetDirectories(_folder.At("artifacts/app")).Length);
    }

    [Fact]
    public void The_network_in_the_box_is_converted_once_and_again_with_another_package()
    {
        _folder.Write(
            "program",
            """
            #!/usr/bin/env bash
            [[ ${1:-} == encoders ]] || exit 7
            echo "$*" >> "$PROJECT/conversions"
            mkdir -p "$5" && : > "$5/resnet-18.safetensors"
            """,
            executable: true
        );
        _folder.Write("artifacts/encoder-source.txt", "/packages/1/ResNet18.onnx");
        Assert.Matches(@"^program … ok \(\d+ s\)\nencoders … ok \(\d+ s\)\n$", _folder.Run().Errors);
        Assert.Equal(("", 7), (_folder.Run().Errors, _folder.Run().ExitCode));
        _folder.Write("artifacts/encoder-source.txt", "/packages/2/ResNet18.onnx");
        _folder.Run();
        File.Delete(_folder.At("artifacts/encoders/resnet-18.safetensors"));
        _folder.Run();
        string[] packages = ["1", "2", "2"];
        Assert.Equal(
            packages.Select(p =>
                $"encoders convert /packages/{p}/ResNet18.onnx --out {_folder.At("artifacts/encoders")}"
            ),
            File.ReadAllLines(_folder.At("conversions"))
        );
    }
}
