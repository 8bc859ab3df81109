using System.Diagnostics;
using Coverslip.Tests;

namespace Coverslip.App.Tests;

/// <summary>
/// A folder with the real launcher and an invented project: its <c>dotnet</c> is a script that "builds" a program which
/// prints its arguments and environment, and a test executable that writes a report in xUnit's format.
/// </summary>
public sealed class LauncherFolder : IDisposable
{
    private const string Dotnet = """
        #!/usr/bin/env bash
        [[ $1 == --list-sdks ]] && { echo "10.0.100 [/nowhere]"; exit; }
        echo "$1" >> "$PROJECT/builds"
        [[ -e $PROJECT/broken ]] && { echo "Program.cs(3,7): error CS1002"; exit 1; }
        [[ -e $PROJECT/slow ]] && sleep 1
        [[ $1 == build ]] || exit 0
        mkdir -p "$PROJECT/artifacts/bin/Coverslip/release" "$PROJECT/artifacts/bin/Some.Tests/release"
        cp "$PROJECT/program" "$PROJECT/artifacts/bin/Coverslip/release/coverslip"
        cp "$PROJECT/tests/executable" "$PROJECT/artifacts/bin/Some.Tests/release/Some.Tests"
        """;

    private const string Program = """
        #!/usr/bin/env bash
        echo "arguments: $*"
        echo "threads: $OMP_NUM_THREADS $OPENBLAS_NUM_THREADS"
        echo "preload: ${LD_PRELOAD:-}"
        echo "malloc: ${MALLOC_CONF:-}"
        echo "native: $COVERSLIP_NATIVE"
        exit 7
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("coverslip launcher ").FullName;

    public LauncherFolder()
    {
        foreach (
            var file in new[]
            {
                "coverslip",
                "Directory.Build.props",
                "native/environment.sh",
                "native/packages.sh",
                "native/packages.txt",
                "native/test-report.sh",
                "native/version.sh",
            }
        )
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(file))!);
            File.Copy(Path.Combine(TestData.Root, file), At(file));
        }
        Write("Coverslip.slnx", """<Project Path="tests/Some.Tests.csproj" />""");
        Write("src/App/Program.cs", "");
        Write("src/Viewer/web/build.sh", "exit 0");
        Write("sdk/dotnet", Dotnet, executable: true);
        Write("program", Program, executable: true);
        TestExecutable("exit 0");
    }

    /// <summary>How often the invented <c>dotnet</c> was asked to build.</summary>
    public int Builds => File.Exists(At("builds")) ? File.ReadAllLines(At("builds")).Count(line => line == "build") : 0;

    public string At(string path) => Path.Combine(_folder, path);

    public void Write(string path, string text, bool executable = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
#pragma warning disable CA1416 // The launcher is a bash script: these tests know no Windows.
        if (executable)
            File.SetUnixFileMode(At(path), File.GetUnixFileMode(At(path)) | UnixFileMode.UserExecute);
#pragma warning restore CA1416
    }

    /// <summary>The body of the test executable; in it, <c>report ATTRIBUTES</c> writes a report.</summary>
    public void TestExecutable(string body) =>
        Write(
            "tests/executable",
            $$"""
            #!/usr/bin/env bash
            report() { echo "<assemblies><assembly name=\"a\" $1><collection passed=\"9\"/></assembly></assemblies>" \
                > "$PROJECT/artifacts/test-reports/Some.Tests.xml"; }
            echo "$*" > "$PROJECT/test-arguments"
            {{body}}
            """,
            executable: true
        );

    /// <summary>Starts the launcher; variables that a surrounding launcher set are taken away first.</summary>
    public Task<Outcome> Start(string[] arguments, params (string Name, string? Value)[] variables)
    {
        var start = new ProcessStartInfo("bash", [At("coverslip"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var name in new[]
            {
                "OMP_NUM_THREADS",
                "OPENBLAS_NUM_THREADS",
                "LD_PRELOAD",
                "MALLOC_CONF",
                "COVERSLIP_ALLOCATOR",
                "COVERSLIP_TORCH",
            }
        )
            start.Environment.Remove(name);
        start.Environment["COVERSLIP_PACKAGES"] = "skip";
        start.Environment["PROJECT"] = _folder;
        start.Environment["DOTNET_ROOT"] = At("sdk");
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return Finish(Process.Start(start)!);
    }

    public Outcome Run(params string[] arguments) => Start(arguments).GetAwaiter().GetResult();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<Outcome> Finish(Process process)
    {
        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return new(process.ExitCode, await output, await errors);
        }
    }
}

/// <summary>What a finished launcher left.</summary>
public sealed record Outcome(int ExitCode, string Output, string Errors)
{
    public string LastLine => Output.TrimEnd().Split('\n')[^1];
}
