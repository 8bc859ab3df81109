using System.Buffers;
using System.Diagnostics;
using Coverslip.Files;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Loop;
using Coverslip.Learning.SlidePatches;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>A rule on brightness alone, or on nothing, found on training windows without any step of a training.</summary>
internal static class BrightnessRule
{
    private const int Levels = 256;

    // The score rises by so much from black to white: a threshold, whose sides are still ordered by brightness.
    private const double Slope = 20;

    /// <summary>Finds the rule, sets the network to it, and leaves it in the part's folder.</summary>
    /// <param name="recipe">Which rule.</param>
    /// <param name="network">Of pixels' colors, given in [−1, 1].</param>
    /// <param name="windows">The labeled windows of training patients.</param>
    /// <param name="run">The part's folder.</param>
    internal static FitOutcome Fit(
        SelfSupervisedRecipe recipe,
        SelfSupervisedNetwork network,
        IReadOnlyList<CorpusWindow> windows,
        RunFolder run
    )
    {
        var clock = Stopwatch.StartNew();
        var pixels = network.OfPixels!;
        if (recipe.Segmenter == SegmenterKind.AllForeground)
            pixels.Set(0, Slope);
        else
        {
            var (background, foreground) = Counted(windows, recipe.Input.Width);
            var threshold = Otsu.Of([.. background.Zip(foreground, (b, f) => b + f)]).Threshold;
            var slope = BrightIsForeground(background, foreground, threshold) ? Slope : -Slope;
            // Between the last level of the dark side and the first of the bright one.
            pixels.Set(slope, -slope * (2 * (threshold + 0.5) / (Levels - 1) - 1));
        }
        SafeTensors.Write(run.Best, network.Store.All.Select(p => (p.Path, p.Value)));
        return new FitOutcome(1, 0, clock.Elapsed.TotalSeconds, null);
    }

    /// <summary>The side of greater F1 on the windows.</summary>
    private static bool BrightIsForeground(long[] background, long[] foreground, int threshold)
    {
        double F1(Range side) =>
            2.0 * foreground[side].Sum() / (foreground.Sum() + foreground[side].Sum() + background[side].Sum());
        return F1((threshold + 1)..) > F1(..(threshold + 1));
    }

    /// <summary>Pixels of background and of foreground by the mean of their colors.</summary>
    private static (long[] Background, long[] Foreground) Counted(IReadOnlyList<CorpusWindow> windows, int side)
    {
        var (background, foreground) = (new long[Levels], new long[Levels]);
        var size = side * side * 4;
        var pixels = ArrayPool<byte>.Shared.Rent(size);
        foreach (var window in windows)
        {
            window.Read(ImageChange.Oriented(0), new PatchTarget(pixels, 0, 1, side, side));
            for (var i = 0; i < size; i += 4)
                (pixels[i + 3] > 0 ? foreground : background)[(pixels[i] + pixels[i + 1] + pixels[i + 2]) / 3]++;
        }
        ArrayPool<byte>.Shared.Return(pixels);
        return (background, foreground);
    }
}
