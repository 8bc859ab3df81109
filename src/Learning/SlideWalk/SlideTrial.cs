using System.Diagnostics;
using Coverslip.Learning.Models;

namespace Coverslip.Learning.SlideWalk;

/// <summary>What a slide needs, measured at its beginning.</summary>
/// <param name="Memory">Largest resident memory of the process meanwhile, in bytes.</param>
/// <param name="Seconds">Of the whole slide: what was done, and the rest at its speed.</param>
public sealed record SlideTrial(long Memory, double Seconds)
{
    /// <summary>Reports that tell a speed: the first batch brings libraries in.</summary>
    private const int Reports = 3;

    /// <summary>Does the work, and stops it when its speed is known.</summary>
    /// <param name="work">Tells how many of how many are done, and stops when asked.</param>
    /// <param name="enough">After which time it is stopped, if it has told three times; without, it goes to its end.</param>
    /// <param name="stop">Stops it for other reasons.</param>
    /// <exception cref="OperationCanceledException">By <paramref name="stop"/>.</exception>
    public static SlideTrial Of(
        Action<Action<int, int>, CancellationToken> work,
        TimeSpan enough,
        CancellationToken stop
    )
    {
        using var known = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var clock = Stopwatch.StartNew();
        var (reports, all) = (0, 0);
        (double Seconds, int Done) first = default,
            last = default;
        ProcessMemory.ResetPeak();
        try
        {
            work(Told, known.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            var each = (last.Seconds - first.Seconds) / (last.Done - first.Done);
            return new SlideTrial(ProcessMemory.Peak, first.Seconds + (each * (all - first.Done)));
        }
        return new SlideTrial(ProcessMemory.Peak, clock.Elapsed.TotalSeconds);

        void Told(int done, int of)
        {
            last = (clock.Elapsed.TotalSeconds, done);
            if (reports++ == 0)
                first = last;
            all = of;
            if (reports >= Reports && clock.Elapsed > enough && done > first.Done)
                known.Cancel();
        }
    }
}
