namespace Coverslip.App.Tests;

public sealed class LauncherTestVerbTests : IDisposable
{
    private readonly LauncherFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Counts_come_from_the_report_and_the_last_line_sums_them()
    {
        _folder.TestExecutable("""report 'errors="0" failed="0" not-run="0" passed="12" skipped="3" total="15"'""");
        var outcome = _folder.Run("test");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Matches(@"Some\.Tests … 12 passed, 0 failed, 3 skipped \(\d+ s\)\n", outcome.Output);
        Assert.Equal("12 passed, 0 failed, 3 skipped", outcome.LastLine);
    }

    [Fact]
    public void More_executables_than_processors_are_each_reported_once_with_their_own_counts()
    {
        int[] numbers = [.. Enumerable.Range(1, Environment.ProcessorCount + 2)];
        _folder.TestExecutable("exit 8");
        _folder.Write(
            "Coverslip.slnx",
            string.Concat(numbers.Select(n => $"""<Project Path="tests/T{n}.Tests.csproj" />""" + "\n"))
        );
        foreach (var n in numbers)
            _folder.Write(
                $"artifacts/bin/T{n}.Tests/release/T{n}.Tests",
                $"""
                #!/usr/bin/env bash
                echo "<assembly passed=\"{n}\" failed=\"0\" skipped=\"0\" errors=\"0\" x>" > \
                    "$PROJECT/artifacts/test-reports/T{n}.Tests.xml"
                """,
                executable: true
            );
        var outcome = _folder.Run("test");
        Assert.All(
            numbers,
            n => Assert.Single(outcome.Output.Split('\n'), l => l.StartsWith($"T{n}.Tests … {n} passed,"))
        );
        Assert.Equal($"{numbers.Sum()} passed, 0 failed, 0 skipped", outcome.LastLine);
    }

    [Fact]
    public void A_failed_test_is_told_with_its_message_and_a_skipped_one_with_its_reason()
    {
        _folder.TestExecutable(
            """
            report 'errors="0" failed="1" passed="1" skipped="2"'
            cat <<'CONSOLE'
            skipped Some.Tests.A (0ms)
              no glas under /data
            skipped Some.Tests.B (0ms)
              no glas under /data
            failed Some.Tests.C (22ms)
              Expected: 1
              Actual:   2

            Test run summary: Failed!
              total: 4
            CONSOLE
            exit 2
            """
        );
        var outcome = _folder.Run("test");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("failed Some.Tests.C (22ms)\n  Expected: 1\n  Actual:   2\n", outcome.Output);
        Assert.Contains("  2 skipped: no glas under /data\n", outcome.Output);
        Assert.DoesNotContain("total: 4", outcome.Output);
        Assert.Equal("1 passed, 1 failed, 2 skipped", outcome.LastLine);
    }

    [Theory]
    [InlineData("exit 139")]
    [InlineData("exit 0")]
    [InlineData("""report 'errors="0" failed="0" passed="3" skipped="0"'; exit 134""")]
    public void An_executable_that_crashes_or_leaves_no_report_counts_as_failed(string body)
    {
        _folder.TestExecutable(body);
        var outcome = _folder.Run("test");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("Some.Tests … crashed with exit code", outcome.Output);
        Assert.Contains(" 1 failed, 0 skipped", outcome.LastLine);
    }

    [Fact]
    public void An_error_outside_the_tests_counts_as_failed()
    {
        _folder.TestExecutable("""report 'errors="1" failed="0" passed="3" skipped="0"'; exit 2""");
        Assert.Equal("3 passed, 1 failed, 0 skipped", _folder.Run("test").LastLine);
    }

    [Fact]
    public void Words_select_tests_and_options_are_passed_on()
    {
        _folder.TestExecutable("""report 'errors="0" failed="0" passed="0" skipped="0"'; exit 8""");
        var outcome = _folder.Run("test", "Split", "--stop-on-fail");
        Assert.Equal(0, outcome.ExitCode);
        Assert.EndsWith("--filter-method *Split* --stop-on-fail\n", File.ReadAllText(_folder.At("test-arguments")));
    }

    [Fact]
    public void Formatting_is_checked_once_per_change()
    {
        _folder.TestExecutable("""report 'errors="0" failed="0" passed="1" skipped="0"'""");
        Assert.StartsWith("formatting … ok", _folder.Run("test").Errors);
        Assert.Equal("", _folder.Run("test").Errors);
    }
}
