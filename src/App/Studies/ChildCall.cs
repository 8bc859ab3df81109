using Coverslip.App.Progress;
using Coverslip.Torch;

namespace Coverslip.App.Studies;

/// <summary>
/// A call of this program in a process of its own, whose output goes into a log. It ends with this process, also where that
/// is killed: its standard input stays open as long as this one lives.
/// </summary>
internal sealed class ChildCall(string log)
{
    /// <summary>The program, as it says when it starts: a study stands below it and cannot name it.</summary>
    internal static Func<string[], int>? Program { get; set; }

    internal string Log => log;

    /// <summary>Runs it in its place and waits for its end; returns the exit code.</summary>
    /// <param name="arguments">As on the command line; it computes as reproducibly as this process.</param>
    /// <param name="place">In a process of its own, or in this one.</param>
    /// <param name="threads">Threads of its libraries; 0, and in this process always: as many as here.</param>
    internal int Run(string[] arguments, CellPlace place, int threads = 0)
    {
        if (TorchRuntime.Reproducible)
            arguments = [.. arguments, "--reproducible"];
        return place.IsHere ? RunHere(arguments) : RunApart(arguments, threads);
    }

    private int RunApart(IEnumerable<string> arguments, int threads)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        using var written = TextWriter.Synchronized(new StreamWriter(log) { AutoFlush = true });
        using var child = OwnProcess.Start(arguments, threads, written.WriteLine);
        // Ctrl-C reaches the child, too; a signal to this process alone does not. It keeps its last whole epoch.
        using var stopped = StopSignal.Current.Register(child.StandardInput.Close);
        child.WaitForExit();
        return child.ExitCode;
    }

    private int RunHere(string[] arguments)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(log)!);
        using var written = TextWriter.Synchronized(new StreamWriter(log) { AutoFlush = true });
        using var streams = Terminal.Into(written);
        return Program!(arguments);
    }

    /// <summary>Why it ended with this code, by its log.</summary>
    internal string Reason(int code) =>
        File.ReadLines(log).LastOrDefault(l => l.StartsWith("error:", StringComparison.Ordinal))
        ?? $"ended with exit code {code}";
}
