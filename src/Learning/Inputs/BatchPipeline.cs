namespace Coverslip.Learning.Inputs;

/// <summary>
/// Fills batches on threads of their own, a few ahead of whoever takes them. A batch is made of its number alone, and
/// batches are taken in the order of their numbers, so that what is taken does not depend on timing. One reader fills them in
/// that order, too.
/// </summary>
public sealed class BatchPipeline<T>(int batches, Func<int, T> fill, int readers)
{
    // Two for each reader: one that it fills and one that waits; and never fewer than the loop once had.
    private readonly TaskCompletionSource<T>[] slots = new TaskCompletionSource<T>[Math.Max(4, 2 * readers)];
    private readonly Lock gate = new();
    private int next;

    /// <summary>The batches; leaving early ends the readers.</summary>
    /// <exception cref="Exception">What a reader threw, in place of its batch.</exception>
    public IEnumerable<T> Run()
    {
        using var free = new SemaphoreSlim(slots.Length);
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < slots.Length; i++)
            slots[i] = Slot();
        Task[] reading =
        [
            .. Enumerable
                .Range(0, Math.Min(readers, batches))
                .Select(_ =>
                    Task.Factory.StartNew(
                        () => Read(free, stop.Token),
                        CancellationToken.None,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                ),
        ];
        try
        {
            for (var number = 0; number < batches; number++)
            {
                var slot = number % slots.Length;
                var batch = slots[slot].Task.GetAwaiter().GetResult();
                slots[slot] = Slot();
                free.Release();
                yield return batch;
            }
        }
        finally
        {
            stop.Cancel();
            Task.WaitAll(reading);
        }
    }

    private void Read(SemaphoreSlim free, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                int number;
                // The place is taken together with the number: the batch that is awaited next always has one.
                lock (gate)
                {
                    free.Wait(stop);
                    if (next == batches)
                        return;
                    number = next++;
                }
                var slot = slots[number % slots.Length];
                try
                {
                    slot.SetResult(fill(number));
                }
                catch (Exception error)
                {
                    slot.SetException(error); // thrown where the batch is taken
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody takes batches any more.
        }
    }

    private static TaskCompletionSource<T> Slot() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
