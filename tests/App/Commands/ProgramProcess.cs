using System.Diagnostics;

namespace Coverslip.App.Tests.Commands;

/// <summary>The program, or a sample, in a process of its own.</summary>
internal static class ProgramProcess
{
    /// <summary>
    /// Runs it to its end with the code; what it wrote to standard output, or to standard error where it failed.
    /// </summary>
    internal static async Task<string> Call(int code, params string[] arguments)
    {
        var (given, output, errors) = await Run(arguments);
        Assert.True(code == given, $"exit code {given} instead of {code}\n{errors}");
        return code == 0 ? output : errors;
    }

    /// <summary>Runs it to its end; <paramref name="meanwhile"/> may watch it, or end it sooner.</summary>
    internal static async Task<(int Code, string Output, string Errors)> Run(
        string[] arguments,
        Action<Process>? meanwhile = null,
        string program = "coverslip"
    )
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var (errors, output) = (process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        meanwhile?.Invoke(process);
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}
