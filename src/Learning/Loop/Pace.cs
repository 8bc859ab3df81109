using System.Diagnostics;

namespace Coverslip.Learning.Loop;

/// <summary>How long training steps took, and how much of that they waited for data.</summary>
public sealed class Pace
{
    private readonly Stopwatch clock = Stopwatch.StartNew();

    /// <summary>Seconds of waiting for the next batch.</summary>
    public double Waited { get; private set; }

    /// <summary>Seconds from the first wait to the end of the last step.</summary>
    public double Seconds { get; private set; }

    /// <summary>The batches, the time until each of them comes taken.</summary>
    internal IEnumerable<T> Timed<T>(IEnumerable<T> batches)
    {
        clock.Restart();
        using var each = batches.GetEnumerator();
        while (true)
        {
            var before = clock.Elapsed;
            var isThere = each.MoveNext();
            Waited += (clock.Elapsed - before).TotalSeconds;
            Seconds = clock.Elapsed.TotalSeconds;
            if (!isThere)
                yield break;
            yield return each.Current;
        }
    }
}
