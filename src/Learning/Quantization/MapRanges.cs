using Coverslip.Torch;

namespace Coverslip.Learning.Quantization;

/// <summary>The least and the greatest numbers of a network's maps, image by image.</summary>
/// <param name="maps">How many maps.</param>
internal sealed class MapRanges(int maps)
{
    private readonly (float Low, float High)[] extremes =
    [
        .. Enumerable.Repeat((float.PositiveInfinity, float.NegativeInfinity), maps),
    ];
    private readonly (double Low, double High)[] sums = new (double, double)[maps];

    /// <summary>Images seen.</summary>
    internal int Images { get; private set; }

    /// <summary>From the least number to the greatest of all images: nothing is cut off, and one odd image makes steps coarse.</summary>
    internal (float Low, float High)[] Extremes => extremes;

    /// <summary>The means of each image's least and greatest: finer steps, and what lies beyond is cut off.</summary>
    internal (float Low, float High)[] Means =>
        [.. sums.Select(s => ((float)(s.Low / Images), (float)(s.High / Images)))];

    /// <summary>Takes in some images, [images, maps] each.</summary>
    internal void Add(Tensor low, Tensor high)
    {
        var (lows, highs) = (low.ToArray<float>(), high.ToArray<float>());
        for (var i = 0; i < lows.Length; i++)
        {
            var map = i % maps;
            extremes[map] = (Math.Min(extremes[map].Low, lows[i]), Math.Max(extremes[map].High, highs[i]));
            sums[map] = (sums[map].Low + lows[i], sums[map].High + highs[i]);
        }
        Images += lows.Length / maps;
    }
}
