using System.Diagnostics;
using System.Globalization;
using Coverslip.Learning.Processes;
using Coverslip.Torch;
using Coverslip.Torch.Distributed;

namespace Coverslip.App.Processes;

/// <summary>
/// The processes that train a run together, from meeting to the last goodbye; a rank that is lost is named, and ends the
/// others.
/// </summary>
internal sealed class TrainingTeam : IDisposable
{
    private static readonly TimeSpan Meeting = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Reporting = TimeSpan.FromSeconds(15);
    private readonly GroupStore store;
    private readonly RankPlace place;
    private readonly ProcessGroup group;
    private readonly RankWatch watch;
    private readonly RankChildren? children;
    private readonly string[] who;

    private TrainingTeam(GroupStore store, RankPlace place, Device device, RankChildren? children)
    {
        (this.store, this.place, this.children) = (store, place, children);
        store.Set(
            Key("who", place.Rank),
            string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}, process {Environment.ProcessId}")
        );
        store.Add(Key("came", place.Rank), 1);
        Meet();
        who = [.. Enumerable.Range(0, place.Size).Select(rank => store.Get(Key("who", rank)))];
        // From here on somebody is told of a rank that stays away, also while connections are made.
        watch = new RankWatch(GroupStore.Join(place.Host, store.Port, Meeting), place.Rank, place.Size, Silent);
        var options = new GroupOptions { Address = RankAddress.Of(store, place) };
        group = ProcessGroup.Open(store, place.Rank, place.Size, device, options);
        Ranks.Enter(group);
    }

    /// <summary>Meets the other ranks, which whoever started this one started, too.</summary>
    /// <exception cref="InvalidOperationException">They do not come.</exception>
    internal static TrainingTeam Join(RankPlace place, Device device)
    {
        try
        {
            var serves = place.Rank == 0 && !place.Served;
            var store = serves
                ? GroupStore.Serve(place.Host, place.Port, Meeting)
                : GroupStore.Join(place.Host, place.Port, Meeting);
            return new TrainingTeam(store, place, device, null);
        }
        catch (TorchException error)
        {
            throw new InvalidOperationException(
                $"rank {place.Rank} of {place.Size} did not meet the others at {place.Host}, port {place.Port}: {error.Message}; "
                    + $"all have to be started within {Meeting.TotalMinutes:0} minutes, and to reach that port and each other: "
                    + "GLOO_SOCKET_IFNAME names the network where a machine has several",
                error
            );
        }
    }

    /// <summary>Starts the others on this machine.</summary>
    /// <param name="size">Ranks, this one among them.</param>
    /// <param name="arguments">Of this process.</param>
    /// <param name="device">Where this one computes.</param>
    internal static TrainingTeam Start(int size, IReadOnlyList<string> arguments, Device device)
    {
        // Each has its share of the processors at most. The launcher names all of them as the threads of a run, and the setter
        // tells OpenBLAS, too.
        TorchRuntime.Threads = Math.Min(TorchRuntime.Threads, Math.Max(1, Environment.ProcessorCount / size));
        var store = GroupStore.Serve("127.0.0.1", 0, Meeting);
        var children = new RankChildren(arguments, size, store.Port, TorchRuntime.Threads);
        return new TrainingTeam(store, new RankPlace(0, size, 0, "127.0.0.1", store.Port), device, children);
    }

    /// <summary>Waits until all are there; a child that ends before it came is named.</summary>
    /// <exception cref="IOException">One did, or a rank does not come.</exception>
    private void Meet()
    {
        var clock = Stopwatch.StartNew();
        for (var rank = 0; rank < place.Size; rank++)
            while (store.Add(Key("came", rank), 0) == 0)
            {
                if (rank > 0 && children?.HasEnded(rank) == true && children.End(rank) is { } end)
                    throw new IOException($"rank {rank} of {place.Size} {end} before the training began");
                if (clock.Elapsed > Meeting)
                    throw new IOException(
                        $"rank {rank} of {place.Size} did not come to {place.Host}, port {store.Port}, within {Meeting.TotalMinutes:0} "
                            + "minutes; all have to be started, and to reach that port"
                    );
                Thread.Sleep(20);
            }
    }

    /// <summary>
    /// Which rank was lost, where that is why something failed; null of other failures. Those that are left tell each other, and
    /// who does not is lost.
    /// </summary>
    private string? Lost(TorchException error)
    {
        if (!IsOfGroup(error))
            return null;
        try
        {
            store.Add(Key("left", place.Rank), 1);
            for (var waited = TimeSpan.Zero; waited < Reporting; waited += TimeSpan.FromSeconds(1))
            {
                if (Ended() is { } end)
                    return end;
                if (Missing().Length == 0)
                    return null;
                Thread.Sleep(TimeSpan.FromSeconds(1));
            }
            return Told(Missing()[0], "does not answer");
        }
        catch (TorchException)
        {
            return Told(0, "does not answer"); // the store is there
        }
    }

    /// <summary>Does what needs all ranks, and names the one that was lost where it fails by that.</summary>
    /// <exception cref="IOException">One was; the message says which, how, and how to go on.</exception>
    internal static T Named<T>(TrainingTeam? team, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (TorchException error) when (team is not null)
        {
            if (team.Lost(error) is { } lost)
                throw new IOException(lost, error);
            throw;
        }
    }

    public void Dispose()
    {
        Ranks.Enter(null);
        watch.Dispose();
        group.Dispose();
        children?.Dispose();
        store.Dispose();
    }

    private static bool IsOfGroup(TorchException error) =>
        ((string[])["gloo", "NCCL", "Socket", "Connection", "Broken pipe"]).Any(word =>
            error.Message.Contains(word, StringComparison.OrdinalIgnoreCase)
        );

    private int[] Missing() => [.. Enumerable.Range(0, place.Size).Where(rank => store.Add(Key("left", rank), 0) == 0)];

    /// <summary>A child that ended without having lost another.</summary>
    private string? Ended() =>
        children is null
            ? null
            : Missing()
                .Where(rank => rank > 0)
                .Select(rank => children.End(rank) is { } end ? Told(rank, end) : null)
                .FirstOrDefault(end => end is not null);

    private string Told(int rank, string end) =>
        $"rank {rank} of {place.Size} ({who[rank]}) {end}; what the last whole epoch left stays: the same call with --resume goes "
        + "on from there, with any number of processes";

    private void Silent(int rank)
    {
        Console.Error.WriteLine($"error: {Told(rank, "has said nothing for 45 seconds")}");
        Environment.Exit(1);
    }

    private static string Key(string what, int rank) =>
        string.Create(CultureInfo.InvariantCulture, $"coverslip/{what}/{rank}");
}
