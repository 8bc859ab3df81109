namespace Coverslip.App.Cluster;

/// <summary>Why a task failed, in one line.</summary>
internal static class TaskLog
{
    private const int Killed = 137,
        Stopped = 130;

    private static readonly string[] Telling = ["error:", "failed:", "slurmstepd"];

    /// <param name="log">What it wrote.</param>
    /// <param name="lines">How it began and ended.</param>
    /// <param name="job">What Slurm says of it; null for nothing.</param>
    internal static string Reason(string log, TaskLines lines, SlurmJob? job)
    {
        string[] told = File.Exists(log) ? [.. Last(File.ReadAllLines(log))] : [];
        var why = lines.Code switch
        {
            Killed => "killed (signal 9): out of memory, or by hand",
            Stopped => "stopped before its end",
            { } code => $"ended with exit code {code}",
            null when !lines.Begun => "did not begin: what it waits for failed, or it was taken back (scancel)",
            null => "ended without a word: its node or its job is gone",
        };
        if (job is { IsRunning: false, IsWaiting: false } and not { State: "COMPLETED" or "FAILED" })
            why = $"{job.State}{(job.Reason.Length > 0 ? $" ({job.Reason})" : "")}: {why}";
        if (told.Length == 0)
            return File.Exists(log) ? $"{why} (log: {log})" : why;
        var more = told.Length > 1 ? $" (and {told.Length - 1} more; log: {log})" : $" (log: {log})";
        return lines.Code is null or Killed or Stopped ? $"{why}; {told[0]}{more}" : $"{told[0]}{more}";
    }

    /// <summary>The last line of a task that runs: how far it is; empty before it says anything.</summary>
    internal static string Now(string log) =>
        File.Exists(log) ? File.ReadLines(log).LastOrDefault(line => line.Length > 0) ?? "" : "";

    /// <summary>The telling lines, the last first, each once: a task that is begun again adds to its log.</summary>
    private static IEnumerable<string> Last(string[] lines) =>
        lines.Where(line => Telling.Any(t => line.StartsWith(t, StringComparison.Ordinal))).Reverse().Distinct();
}
