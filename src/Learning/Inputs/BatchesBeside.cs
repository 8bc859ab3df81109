using Coverslip.Torch;

namespace Coverslip.Learning.Inputs;

/// <summary>
/// Batches that a network computes beside each other, each with its share of the threads. Threads that compute one batch
/// together wait for each other after every layer; of small images that is thousands of times a second, and where another
/// program has the core, each time until the system takes it back. What is computed does not depend on how many there are.
/// </summary>
/// <param name="device">Where the network is; a GPU gets one batch at a time.</param>
/// <param name="size">Images of a batch.</param>
/// <param name="pixels">Pixels of an image, all its views together.</param>
internal sealed class BatchesBeside(Device device, int size, long pixels)
{
    /// <summary>
    /// Pixels of all images that a network holds at once, 16 of 512 × 512: a network's maps need some 100 to 300 bytes for
    /// each, so that it stays below about a gigabyte.
    /// </summary>
    public const long MostPixels = 16 * 512 * 512;

    /// <summary>How many at once.</summary>
    private int Lanes => device.IsCuda ? 1 : (int)Math.Clamp(MostPixels / (size * pixels), 1, TorchRuntime.Threads);

    /// <summary>As many images as may be held at once, at most so many.</summary>
    public static int Most(int batch, long pixels) => (int)Math.Clamp(MostPixels / pixels, 1, batch);

    /// <summary>What is computed of each batch, in their order.</summary>
    /// <param name="batches">Taken one after the other, by one thread at a time.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="compute">Called on several threads at once.</param>
    public IEnumerable<TResult> Run<TBatch, TResult>(
        IEnumerable<TBatch> batches,
        int count,
        Func<TBatch, TResult> compute
    )
    {
        var lanes = Math.Min(Lanes, count);
        return lanes < 2 ? batches.Select(compute) : Beside(batches, count, compute, lanes);
    }

    private static IEnumerable<TResult> Beside<TBatch, TResult>(
        IEnumerable<TBatch> batches,
        int count,
        Func<TBatch, TResult> compute,
        int lanes
    )
    {
        var threads = TorchRuntime.Threads / lanes;
        using var source = batches.GetEnumerator();
        var taken = new Dictionary<int, TBatch>();
        var (gate, next) = (new Lock(), 0);
        foreach (var result in new BatchPipeline<TResult>(count, Compute, lanes).Run())
            yield return result;

        TResult Compute(int number)
        {
            using var share = new ThreadShare(threads);
            return compute(Take(number));
        }

        TBatch Take(int number)
        {
            lock (gate)
            {
                for (; next <= number && source.MoveNext(); next++)
                    taken[next] = source.Current;
                return taken.Remove(number, out var batch)
                    ? batch
                    : throw new InvalidOperationException(
                        $"batch {number} of {count} was asked for, and there are {next}"
                    );
            }
        }
    }
}
