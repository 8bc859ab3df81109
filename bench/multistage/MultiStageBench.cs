using System.Diagnostics;
using System.Globalization;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Models;
using Coverslip.Methods.MultiStage;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Bench.MultiStage;

/// <summary>
/// End-to-end learning with retained gradients: gradients against plain backpropagation, memory, time. GoogLeNet and a
/// U-Net of the published width and depth over one map.
/// </summary>
internal static class MultiStageBench
{
    private static readonly string[] Known = ["patches", "side", "map", "mini-batch", "width", "rounds"];

    /// <summary>
    /// <c>multistage-equality</c>: the greatest relative difference of a parameter tensor's gradient, a row per type and
    /// per mode of batch normalization.
    /// </summary>
    internal static void Equality(string[] arguments)
    {
        var flags = new Flags(arguments, Known);
        Steps.SetThreads();
        Console.WriteLine("| Type | Statistics | loss | worst tensor | relative difference | tensors |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var type in (DType[])[DType.Float32, DType.Float64])
        foreach (var statistics in Enum.GetValues<EndToEndStatistics>())
        {
            using var scope = new TensorScope();
            using Run plain = new(flags, type, statistics),
                retained = new(flags, type, statistics);
            TorchRuntime.Seed(2);
            plain.BackpropagateWhole();
            TorchRuntime.Seed(2);
            var loss = retained.Step().Loss;
            var pairs = plain
                .Stores.Zip(retained.Stores)
                .SelectMany(s => s.First.Parameters.Zip(s.Second.Parameters))
                .Select(p => (p.First.Path, Off: Off(p.First.Value.Gradient!, p.Second.Value.Gradient!)))
                .ToList();
            var (path, off) = pairs.MaxBy(p => p.Off);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {type} | {statistics} | {loss:F6} | {path} | {off:g2} | {pairs.Count} |"
                )
            );
            if (off >= (type == DType.Float64 ? 1e-9 : 1e-4))
                Environment.ExitCode = 1;
        }
    }

    /// <summary><c>multistage-memory</c>: one step over a slide; a row with the process's peak.</summary>
    internal static void Memory(string[] arguments)
    {
        var flags = new Flags(arguments, Known);
        Steps.SetThreads();
        using var scope = new TensorScope();
        using var run = new Run(flags, DType.Float32, EndToEndStatistics.Running);
        var clock = Stopwatch.StartNew();
        var outcome = run.Step();
        var (patches, side) = (run.Slide.Patches.Count, run.Side);
        var peak = ProcessMemory.Peak / 1024;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {patches} | {side} | {run.Layout.Side} | {peak} | {clock.Elapsed.TotalSeconds:F1} | {outcome.Loss:F4} | {GC.GetTotalAllocatedBytes() / 1024} | {GC.CollectionCount(0)} |"
            )
        );
    }

    /// <summary>
    /// <c>multistage-time</c>: the step against the sum of a forward pass and a forward and backward pass over the
    /// patches and the U-Net's step, in turn, a row per round.
    /// </summary>
    internal static void Time(string[] arguments)
    {
        var flags = new Flags(arguments, Known);
        Steps.SetThreads();
        using var scope = new TensorScope();
        using var run = new Run(flags, DType.Float32, EndToEndStatistics.Running);
        Console.WriteLine("| Round | forward s | forward and backward s | U-Net s | sum s | step s | ratio |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        run.Warm();
        for (var round = 1; round <= flags.Int("rounds", 3); round++)
        {
            var forward = Seconds(run.Forward);
            var both = Seconds(run.ForwardAndBackward);
            var network = Seconds(run.Segment);
            var step = Seconds(() => run.Step());
            var sum = forward + both + network;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {round} | {forward:F2} | {both:F2} | {network:F2} | {sum:F2} | {step:F2} | **{step / sum:F3}** |"
                )
            );
        }
    }

    private static double Seconds(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

    private static double Off(Tensor wanted, Tensor given) =>
        (given - wanted).Norm().Item() / Math.Max(wanted.Norm().Item(), double.Epsilon);

    /// <summary>Both models, a slide, and its layout.</summary>
    private sealed class Run : IDisposable
    {
        private readonly FeatureExtractor extractor;
        private readonly SegmentationModel segmentation;
        private readonly RetainedGradientOptions options;
        private readonly IReadOnlyList<int[]> miniBatches;

        internal Run(Flags flags, DType type, EndToEndStatistics statistics)
        {
            TorchRuntime.Seed(1);
            Side = flags.Int("side", 224);
            Slide = new SyntheticPatches(flags.Int("patches", 500), Side);
            Layout = MapLayout.Of(
                Slide.Patches,
                new FeatureMapOptions { Side = flags.Int("map", 128), PerLump = false }
            );
            options = new RetainedGradientOptions { MiniBatch = flags.Int("mini-batch", 32), Statistics = statistics };
            miniBatches = Layout.MiniBatches(options.MiniBatch);
            extractor = new FeatureExtractor(new FeatureExtractorOptions(), 0, type: type);
            var shape = new UNetOptions { Input = 16, Width = flags.Int("width", 64) };
            segmentation = new SegmentationModel(shape, type: type);
            extractor.Store.FixedStatistics = statistics == EndToEndStatistics.Running;
        }

        internal int Side { get; }

        internal SyntheticPatches Slide { get; }

        internal MapLayout Layout { get; }

        internal ParameterStore[] Stores => [extractor.Store, segmentation.Store];

        internal EndToEndOutcome Step()
        {
            using var scope = new TensorScope();
            var outcome = new RetainedGradients(extractor, segmentation, options).Compute(
                Slide,
                Side,
                Layout,
                miniBatches
            );
            return outcome with { Probabilities = scope.Keep(outcome.Probabilities) };
        }

        /// <summary>The graph of all patches at once.</summary>
        internal void BackpropagateWhole()
        {
            var features = Slide.Read(Numbers).Select(b => extractor.Features(extractor.Images(b, Side)));
            Loss(Tensor.Cat([.. features], 0)).Backward();
        }

        internal void Forward()
        {
            using var off = new NoGradient();
            foreach (var batch in Slide.Read(Numbers))
            {
                using var scope = new TensorScope();
                _ = extractor.Features(extractor.Images(batch, Side));
            }
        }

        internal void ForwardAndBackward()
        {
            extractor.Store.ClearGradients();
            foreach (var batch in Slide.Read(Numbers))
            {
                using var scope = new TensorScope();
                Tensor loss;
                using (var forward = new TensorScope())
                    loss = forward.Keep(extractor.Features(extractor.Images(batch, Side)).Sum());
                loss.Backward();
            }
        }

        internal void Segment()
        {
            using var scope = new TensorScope();
            segmentation.Store.ClearGradients();
            var features = Tensor.Rand([Layout.Placed.Count, 16]);
            features.RequiresGrad = true;
            Tensor loss;
            using (var forward = new TensorScope())
                loss = forward.Keep(Loss(features));
            loss.Backward();
            features.Gradient?.Dispose();
        }

        /// <summary>Until then .NET compiles again what it runs often.</summary>
        internal void Warm()
        {
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < TimeSpan.FromSeconds(4))
            {
                foreach (var batch in Slide.Read(Numbers[..1]))
                {
                    using var scope = new TensorScope();
                    extractor.Features(extractor.Images(batch, Side)).Sum().Backward();
                }
                Segment();
            }
        }

        public void Dispose()
        {
            extractor.Dispose();
            segmentation.Dispose();
        }

        private int[][] Numbers => [.. miniBatches.Select(b => b.Select(p => Layout.Placed[p]).ToArray())];

        private Tensor Loss(Tensor features) =>
            new MapLoss().Of(
                segmentation.Forward(FeatureMap.Of(features, Layout)),
                FeatureMap.Labels(Slide.Patches, Layout, default)
            );
    }
}
