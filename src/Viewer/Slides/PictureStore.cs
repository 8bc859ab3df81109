namespace Coverslip.Viewer.Slides;

/// <summary>Which picture: a tile of a slide, or with level <see cref="Thumbnail"/> a small view of all of it.</summary>
internal readonly record struct PictureKey(string Slide, int Level, long Column, long Row)
{
    internal const int Thumbnail = -1;
}

/// <summary>
/// Encoded pictures, the least recently used going first, bounded in bytes; and those being made. They are made on threads of
/// their own, as many as there are processors, so that requests for what is here never wait behind those that are not. A
/// picture that several ask for is made once, one that nobody waits for any more not at all.
/// </summary>
internal sealed class PictureStore : IDisposable
{
    /// <summary>Bytes beside the picture itself: key, nodes, array header.</summary>
    private const int Overhead = 200;

    private readonly long capacity;
    private readonly int mostWaiting;
    private readonly Lock gate = new();
    private readonly Dictionary<PictureKey, LinkedListNode<(PictureKey Key, byte[] Bytes)>> kept = [];
    private readonly LinkedList<(PictureKey Key, byte[] Bytes)> byUse = new();
    private readonly Dictionary<PictureKey, Work> underway = [];
    private readonly Queue<Work> waiting = new();
    private readonly SemaphoreSlim available = new(0);
    private readonly Thread[] makers;
    private bool stopped;

    /// <param name="capacity">Bytes to keep.</param>
    /// <param name="threads">How many make pictures.</param>
    /// <param name="mostWaiting">How many may wait to be made before more are refused.</param>
    internal PictureStore(long capacity, int threads, int mostWaiting = 20_000)
    {
        (this.capacity, this.mostWaiting) = (capacity, mostWaiting);
        makers =
        [
            .. Enumerable.Range(0, threads).Select(_ => new Thread(Make) { IsBackground = true, Name = "tiles" }),
        ];
        foreach (var maker in makers)
            maker.Start();
    }

    /// <summary>Bytes held.</summary>
    internal long HeldBytes { get; private set; }

    /// <summary>The picture, made if it is not here.</summary>
    /// <exception cref="IOException">Too many wait.</exception>
    internal Task<byte[]> Get(PictureKey key, Func<byte[]> make, CancellationToken stop)
    {
        Work? work;
        lock (gate)
        {
            if (kept.TryGetValue(key, out var node))
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
                return Task.FromResult(node.Value.Bytes);
            }
            if (!underway.TryGetValue(key, out work))
            {
                if (waiting.Count >= mostWaiting)
                    throw new IOException($"{waiting.Count} pictures wait to be made; ask again in a few seconds");
                work = new Work(key, make);
                underway[key] = work;
                waiting.Enqueue(work);
                available.Release();
            }
            work.Waiters++;
        }
        return Await(work, stop);
    }

    public void Dispose()
    {
        lock (gate)
            stopped = true;
        available.Release(makers.Length);
        foreach (var maker in makers)
            maker.Join();
        available.Dispose();
    }

    private async Task<byte[]> Await(Work work, CancellationToken stop)
    {
        try
        {
            return await work.Made.Task.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            lock (gate)
                work.Waiters--;
            throw;
        }
    }

    private void Make()
    {
        while (true)
        {
            available.Wait();
            Work work;
            lock (gate)
            {
                if (stopped)
                    return;
                work = waiting.Dequeue();
                if (work.Waiters == 0)
                {
                    underway.Remove(work.Key);
                    continue;
                }
            }
            try
            {
                var bytes = work.Make();
                Keep(work.Key, bytes);
                work.Made.SetResult(bytes);
            }
            // Whoever asked is told; the next one who asks tries again.
            catch (Exception error)
            {
                lock (gate)
                    underway.Remove(work.Key);
                work.Made.SetException(error);
            }
        }
    }

    private void Keep(PictureKey key, byte[] bytes)
    {
        lock (gate)
        {
            underway.Remove(key);
            if (bytes.Length + Overhead > capacity)
                return;
            kept[key] = byUse.AddFirst((key, bytes));
            HeldBytes += bytes.Length + Overhead;
            while (HeldBytes > capacity)
            {
                var last = byUse.Last!.Value;
                byUse.RemoveLast();
                kept.Remove(last.Key);
                HeldBytes -= last.Bytes.Length + Overhead;
            }
        }
    }

    private sealed class Work(PictureKey key, Func<byte[]> make)
    {
        internal PictureKey Key { get; } = key;

        internal Func<byte[]> Make { get; } = make;

        internal TaskCompletionSource<byte[]> Made { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal int Waiters { get; set; }
    }
}
