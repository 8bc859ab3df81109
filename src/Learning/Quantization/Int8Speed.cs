using System.Diagnostics;
using Coverslip.Torch;

namespace Coverslip.Learning.Quantization;

/// <summary>Two ways to the probabilities of the same images, timed in turn on this machine.</summary>
internal static class Int8Speed
{
    private const int WarmUps = 3,
        LeastPairs = 3,
        MostPairs = 9;

    /// <summary>After so long no further pair is begun, once there are three.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(5);

    /// <summary>How many times as fast the second is as the first: the median over pairs.</summary>
    /// <param name="first">A pass over the images.</param>
    /// <param name="second">The other one.</param>
    /// <param name="stop">Stops between passes.</param>
    internal static double Gain(Func<Tensor> first, Func<Tensor> second, CancellationToken stop)
    {
        for (var i = 0; i < WarmUps; i++)
            _ = (Seconds(first, stop), Seconds(second, stop));
        var (ratios, clock) = (new List<double>(), Stopwatch.StartNew());
        while (ratios.Count < LeastPairs || (ratios.Count < MostPairs && clock.Elapsed < Enough))
            ratios.Add(Seconds(first, stop) / Seconds(second, stop));
        ratios.Sort();
        return (ratios[(ratios.Count - 1) / 2] + ratios[ratios.Count / 2]) / 2;
    }

    private static double Seconds(Func<Tensor> pass, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        using var scope = new TensorScope();
        var clock = Stopwatch.StartNew();
        _ = pass();
        return clock.Elapsed.TotalSeconds;
    }
}
