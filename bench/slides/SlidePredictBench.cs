using System.Diagnostics;
using Coverslip.Files;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.Bench.Slides;

/// <summary>Predicting a slide with a model that costs nothing, for what all of the rest takes.</summary>
internal static class SlidePredictBench
{
    private const int Side = 299;

    /// <summary>
    /// <c>slide-predict SLIDE FOLDER [--stride 128]</c>: heatmap, pyramid, overlay, detections of windows of 299 pixels,
    /// judged by their first green value; prints the peak of resident memory.
    /// </summary>
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "stride");
        var clock = Stopwatch.StartNew();
        using var slide = SlideFile.Open(flags.Words[0]);
        var side = new PixelSize(Side, Side);
        var model = new SlideModel(
            new WindowInput(slide.FinestMpp, side, side, null),
            new Fingerprint().Add("model", "first green value"),
            "tumor",
            windows =>
                [.. Enumerable.Range(0, windows.Count).Select(i => windows.Pixels[(i * Side * Side * 4) + 1] / 255.0)]
        );
        var options = new SlidePredictionOptions { Stride = flags.Int("stride", 128) };
        var heatmaps = new HeatmapPrediction(model, options, new DetectionOptions { Components = true });
        var began = "";
        var outcome = (HeatmapOutcome)
            new SlideWalk(heatmaps, flags.Words[1]).Predict(slide, (_, _) => began = began.Length > 0 ? began : Peak());
        var cpu = Environment.CpuUsage.TotalTime.TotalSeconds;
        Console.WriteLine(
            FormattableString.Invariant(
                $"{outcome.TissueCells} windows, {outcome.Detections} components, {clock.Elapsed.TotalSeconds:0} s, "
            )
                + FormattableString.Invariant($"{cpu:0} s of processor time; peak of memory {Peak()}, ")
                + $"{began} when windows began"
        );
    }

    private static string Peak() =>
        File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith("VmHWM", StringComparison.Ordinal))[6..]
            .Trim();
}
