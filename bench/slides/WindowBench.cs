using System.Diagnostics;
using System.Globalization;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.SlideWalk;
using Coverslip.Methods;
using Coverslip.Methods.TumorDetection;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Tissue;
using Coverslip.Torch;

namespace Coverslip.Bench.Slides;

/// <summary>What windows of a slide cost: reading alone, a network alone, both as <c>predict</c> does them.</summary>
internal static class WindowBench
{
    private const int Batch = 16;
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>
    /// <c>windows-rate SLIDE NETWORK WIDTH [--side 299] [--stride 128] [--repeats 3]</c>: windows per second with weights of
    /// nothing, each window in its eight orientations; behind them windows per second of processor time, which other work on
    /// the machine changes less.
    /// </summary>
    internal static void Rate(string[] arguments)
    {
        var flags = new Flags(arguments, "side", "stride", "repeats");
        var (side, stride) = (flags.Int("side", 299), flags.Int("stride", 128));
        using var slide = SlideFile.Open(flags.Words[0]);
        var text =
            $"method: tumor-detection\ninput: {{width: {side}, height: {side}}}\nnetwork: {{name: {flags.Words[1]}, width: {flags.Words[2]}}}\n";
        var recipe = (TumorDetectionRecipe)Known.Methods.Parse(text, "windows-rate");
        using var network = recipe.Model(2, Device.Cpu);
        network.PrepareToPredict();
        var model = new SlideModel(
            new WindowInput(slide.FinestMpp, new PixelSize(side, side), new PixelSize(side, side), null),
            new Fingerprint().Add("model", "nothing"),
            "tumor",
            windows => [.. network.Probabilities(windows, orientations: true).Select(p => p[1])]
        );
        var options = new SlidePredictionOptions { Stride = stride, Batch = Batch };
        var tissue = SlideTissue.Of(slide, new TissueOptions());
        _ = tissue.Reason; // found now: it is no part of any rate
        var (reading, batch) = ReadingAlone(slide, tissue, model, options);
        var alone = NetworkAlone(model, batch, flags.Int("repeats", 3));
        var folder = Directory.CreateTempSubdirectory("coverslip-windows-");
        var clock = new Rates();
        var walk = new SlideWalk(new HeatmapPrediction(model, options, new DetectionOptions()), folder.FullName)
        {
            TissueOf = _ => tissue,
        };
        var outcome = (HeatmapOutcome)walk.Predict(slide);
        var whole = clock.Of(outcome.TissueCells);
        folder.Delete(recursive: true);
        Console.WriteLine(
            string.Create(
                Invariant,
                $"| {flags.Words[1]}, width {flags.Words[2]} | {network.Parameters:N0} | {outcome.TissueCells} | {reading} | {alone} | {whole} |"
            )
        );
    }

    /// <summary>Windows per second since it was made, and per second of processor time.</summary>
    private sealed class Rates
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private readonly double processor = Environment.CpuUsage.TotalTime.TotalSeconds;

        internal string Of(int windows)
        {
            var (wall, used) = (clock.Elapsed.TotalSeconds, Environment.CpuUsage.TotalTime.TotalSeconds - processor);
            return string.Create(Invariant, $"{windows / wall:0.00} ({windows / used:0.00})");
        }
    }

    /// <summary>Windows per second, and the first batch of them.</summary>
    private static (string Rate, WindowBatch First) ReadingAlone(
        Slide slide,
        SlideTissue tissue,
        SlideModel model,
        SlidePredictionOptions options
    )
    {
        var (view, grid) = new SlidePredictor(model, options).Lay(slide);
        var heatmap = Heatmap.Begin(grid, tissue);
        var strips = new WindowStrips(view, grid, model.Window.Side);
        var batches = new WindowBatches(model.Window, options.Batch);
        WindowBatch? first = null;
        var (count, clock) = (0, new Rates());
        foreach (var batch in batches.Of(strips.Read((c, r) => heatmap[c, r] == Heatmap.Pending)))
            using (batch)
            {
                count += batch.Windows.Count;
                first ??= batch.Windows with { Pixels = [.. batch.Windows.Pixels] };
            }
        return (clock.Of(count), first!);
    }

    /// <summary>Windows per second of one batch again and again; the first time brings libraries in and is not counted.</summary>
    private static string NetworkAlone(SlideModel model, WindowBatch batch, int repeats)
    {
        _ = model.Score(batch);
        var clock = new Rates();
        for (var i = 0; i < repeats; i++)
            _ = model.Score(batch);
        return clock.Of(repeats * batch.Count);
    }

    /// <summary>
    /// <c>windows-glass STRIDE SIDE SLIDE…</c>: of the windows that are predicted, how many show glass alone by their own
    /// pixels, and how many cells of the grid the tissue mask leaves out. Glass is as bright as 99 % of the pixels of cells
    /// without tissue that touch none with tissue.
    /// </summary>
    internal static void Glass(string[] arguments)
    {
        var flags = new Flags(arguments);
        var side = int.Parse(flags.Words[1], Invariant);
        var options = new SlidePredictionOptions { Stride = int.Parse(flags.Words[0], Invariant), Batch = Batch };
        var (cells, predicted, bare, nearly) = (0, 0, 0, 0);
        foreach (var path in flags.Words.Skip(2))
        {
            using var slide = SlideFile.Open(path);
            var window = new WindowInput(slide.FinestMpp, new PixelSize(side, side), new PixelSize(side, side), null);
            var model = new SlideModel(window, new Fingerprint(), "tumor", _ => []);
            var (view, grid) = new SlidePredictor(model, options).Lay(slide);
            var heatmap = Heatmap.Begin(grid, SlideTissue.Of(slide, new TissueOptions()));
            var strips = new WindowStrips(view, grid, window.Side);
            var least = GlassOf(strips.Read((c, r) => Away(heatmap, c, r)));
            foreach (var each in strips.Read((c, r) => heatmap[c, r] == Heatmap.Pending))
                using (each)
                {
                    var stained = 0;
                    var pixels = each.Pixels.Pixels;
                    for (var i = 0; i < pixels.Length; i += 3)
                        stained += Darkest(pixels.Slice(i, 3)) < least ? 1 : 0;
                    var share = 3.0 * stained / pixels.Length;
                    (bare, nearly) = (bare + (share < 0.01 ? 1 : 0), nearly + (share < 0.05 ? 1 : 0));
                    predicted++;
                }
            cells += grid.Cells;
        }
        Console.WriteLine(
            string.Create(
                Invariant,
                $"{cells} cells; {cells - predicted} ({100.0 * (cells - predicted) / cells:0.0} %) without tissue, not predicted; of {predicted} windows {bare} ({100.0 * bare / predicted:0.00} %) have under 1 % of pixels darker than glass, {nearly} ({100.0 * nearly / predicted:0.00} %) under 5 %"
            )
        );
    }

    private static bool Away(Heatmap heatmap, int column, int row)
    {
        for (var y = Math.Max(0, row - 2); y <= Math.Min(heatmap.Grid.Rows - 1, row + 2); y++)
        for (var x = Math.Max(0, column - 2); x <= Math.Min(heatmap.Grid.Columns - 1, column + 2); x++)
            if (heatmap[x, y] == Heatmap.Pending)
                return false;
        return true;
    }

    /// <summary>The darkest channel that 99 % of the windows' pixels reach.</summary>
    private static int GlassOf(IEnumerable<SlideWindow> windows)
    {
        var counts = new long[256];
        foreach (var each in windows)
            using (each)
                for (var i = 0; i < each.Pixels.Pixels.Length; i += 3)
                    counts[Darkest(each.Pixels.Pixels.Slice(i, 3))]++;
        var (value, below, all) = (0, 0L, counts.Sum());
        while (value < 255 && below + counts[value] < all / 100)
            below += counts[value++];
        return value;
    }

    private static int Darkest(ReadOnlySpan<byte> pixel) => Math.Min(pixel[0], Math.Min(pixel[1], pixel[2]));
}
