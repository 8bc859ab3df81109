using System.Diagnostics;
using System.Globalization;
using Coverslip.Torch;
using Coverslip.Torch.Distributed;

namespace Coverslip.App.Processes;

/// <summary>
/// Notices a rank that says nothing any more, such as one whose machine was switched off: nobody closes its connections, and
/// the others would wait for it. Each rank counts on in the store, and looks whether the others do.
/// </summary>
internal sealed class RankWatch : IDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);
    private readonly ManualResetEventSlim over = new();
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Thread thread;
    private readonly Timer? answers;
    private long answered; // ticks of the clock

    /// <param name="store">A connection of its own.</param>
    /// <param name="rank">This one.</param>
    /// <param name="size">All of them.</param>
    /// <param name="silent">Told which rank is silent; does not come back.</param>
    internal RankWatch(GroupStore store, int rank, int size, Action<int> silent)
    {
        thread = new Thread(() => Watch(store, rank, size, silent)) { IsBackground = true, Name = "ranks" };
        thread.Start();
        // The store is rank 0's: of its machine's silence no count tells, the question itself is not answered.
        if (rank > 0)
            answers = new Timer(
                _ =>
                {
                    if (clock.Elapsed.Ticks - Volatile.Read(ref answered) > Silence.Ticks)
                        silent(0);
                },
                null,
                Beat,
                Beat
            );
    }

    public void Dispose()
    {
        answers?.Dispose();
        over.Set();
        thread.Join();
        over.Dispose();
    }

    private void Watch(GroupStore store, int rank, int size, Action<int> silent)
    {
        var heard = new (long Count, TimeSpan At)[size];
        using (store)
            try
            {
                while (!over.Wait(Beat))
                {
                    store.Add(Key(rank), 1);
                    for (var other = 0; other < size; other++)
                    {
                        var count = store.Add(Key(other), 0);
                        if (count < 0) // it said goodbye
                            continue;
                        if (count != heard[other].Count)
                            heard[other] = (count, clock.Elapsed);
                        else if (clock.Elapsed - heard[other].At > Silence)
                            silent(other);
                    }
                    Volatile.Write(ref answered, clock.Elapsed.Ticks);
                }
                store.Add(Key(rank), long.MinValue / 2);
            }
            catch (TorchException)
            {
                // The store is rank 0's, whose end the others notice where they wait for it.
                if (rank > 0 && !over.Wait(Silence))
                    silent(0);
            }
    }

    private static string Key(int rank) => string.Create(CultureInfo.InvariantCulture, $"beat/{rank}");
}
