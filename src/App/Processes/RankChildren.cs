using System.Diagnostics;
using System.Globalization;
using Coverslip.App.Studies;

namespace Coverslip.App.Processes;

/// <summary>The further ranks of a training on this machine: this program once more, with the same words.</summary>
internal sealed class RankChildren : IDisposable
{
    private const int LastLines = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly List<(Process Process, Queue<string> Said)> children = [];

    /// <param name="arguments">Of this process.</param>
    /// <param name="size">Ranks, this one among them.</param>
    /// <param name="port">Where this one is met.</param>
    /// <param name="threads">Of each.</param>
    internal RankChildren(IReadOnlyList<string> arguments, int size, int port, int threads)
    {
        for (var rank = 1; rank < size; rank++)
            children.Add(Started(arguments, new RankPlace(rank, size, rank, "127.0.0.1", port), threads));
    }

    /// <summary>Whether a rank runs no more.</summary>
    internal bool HasEnded(int rank) => children[rank - 1].Process.HasExited;

    /// <summary>How a rank that has ended did; null while it runs, or after success.</summary>
    internal string? End(int rank)
    {
        var (process, said) = children[rank - 1];
        // What closes a connection is a moment before what the system says of its process.
        if (!process.WaitForExit(TimeSpan.FromSeconds(1)) || process.ExitCode == 0)
            return null;
        var code = process.ExitCode;
        string? last;
        lock (said)
            last = said.LastOrDefault(line => line.StartsWith("error:", StringComparison.Ordinal));
        // The system counts signals from 128 on.
        return code > 128
            ? $"ended with signal {code - 128}"
            : $"ended with code {code}{(last is null ? "" : $" ({last})")}";
    }

    /// <summary>Waits for those that end by themselves, and ends the others.</summary>
    public void Dispose()
    {
        var clock = Stopwatch.StartNew();
        foreach (var (process, _) in children)
        {
            var left = Patience - clock.Elapsed;
            if (!process.WaitForExit(left > TimeSpan.Zero ? left : TimeSpan.Zero))
                process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }

    private static (Process, Queue<string>) Started(IReadOnlyList<string> arguments, RankPlace place, int threads)
    {
        string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
        var said = new Queue<string>();
        void Keep(string line)
        {
            lock (said)
            {
                said.Enqueue(line);
                if (said.Count > LastLines)
                    said.Dequeue();
            }
        }
        var child = OwnProcess.Start(
            arguments,
            threads,
            Keep,
            (RankPlace.RankName, Text(place.Rank)),
            (RankPlace.SizeName, Text(place.Size)),
            (RankPlace.LocalName, Text(place.Local)),
            (RankPlace.HostName, place.Host),
            (RankPlace.PortName, Text(place.Port))
        );
        return (child, said);
    }
}
