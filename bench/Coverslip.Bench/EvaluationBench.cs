using System.Diagnostics;
using System.Globalization;
using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;

namespace Coverslip.Bench;

/// <summary>
/// Evaluation in float32, of one process in turn: unfolded and folded; processor time and wall time of each pass.
/// </summary>
internal static class EvaluationBench
{
    private const string UNetName = "u-net";

    /// <summary><c>evaluation</c>: a row per network, ratios of pairs as minimum, median, maximum.</summary>
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "models", "pairs", "batch", "side", "width");
        Steps.SetThreads();
        Console.WriteLine("| Network | batch | unfolded ms | folded ms | unfolded / folded, processor | wall |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var models = flags.Text("models", $"{UNetName},densenet-121,resnet-50,googlenet,mobilenet-v2").Split(',');
        foreach (var model in models)
        {
            using var scope = new TensorScope();
            using ParameterStore unfolded = new(),
                folded = new();
            TorchRuntime.Seed(1);
            var first = Network(model, unfolded, flags);
            var second = Network(model, folded, flags);
            folded.Load(unfolded.All.ToDictionary(p => p.Path, p => p.Value));
            unfolded.ToChannelsLast();
            unfolded.Training = false;
            folded.Fold(DType.Float32);
            var side = model == UNetName ? 256 : flags.Int("side", 224);
            var batch = model == UNetName ? 2 : flags.Int("batch", 8);
            var x = Tensor.Rand([batch, 3, side, side]).Contiguous(MemoryFormat.ChannelsLast);
            using var inference = new Inference();
            var pairs = Pairs(flags.Int("pairs", 9), () => first(x), () => second(x));
            Console.WriteLine(
                FormattableString.Invariant(
                    $"| {model} | {batch} at {side}² | {Median(pairs.Select(p => p.First.Processor)):0.0} | {Median(pairs.Select(p => p.Second.Processor)):0.0} | {Ratios(pairs.Select(p => p.First.Processor / p.Second.Processor))} | {Ratios(pairs.Select(p => p.First.Wall / p.Second.Wall))} |"
                )
            );
        }
    }

    private static Func<Tensor, Tensor> Network(string model, ParameterStore store, Flags flags)
    {
        if (model == UNetName)
        {
            var net = new UNet(store.Root, new UNetOptions { Width = flags.Int("width", 64) });
            return x => net.Forward(x);
        }
        var backbone = KnownBackbones.Named(model).Build(store.Root, new BackboneOptions());
        return x => backbone.Forward(x).Scores!;
    }

    internal static (Cost First, Cost Second)[] Pairs(int count, Func<Tensor> first, Func<Tensor> second)
    {
        for (var i = 0; i < 3; i++)
            _ = (Measure(first), Measure(second));
        return [.. Enumerable.Range(0, count).Select(_ => (Measure(first), Measure(second)))];
    }

    private static Cost Measure(Func<Tensor> pass)
    {
        using var process = Process.GetCurrentProcess();
        var (before, clock) = (process.TotalProcessorTime, Stopwatch.StartNew());
        using (new TensorScope())
            _ = pass();
        var wall = clock.Elapsed.TotalMilliseconds;
        process.Refresh();
        return new Cost((process.TotalProcessorTime - before).TotalMilliseconds, wall);
    }

    internal static string Ratios(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted[0]:0.00}, **{sorted[sorted.Length / 2]:0.00}**, {sorted[^1]:0.00}"
        );
    }

    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Milliseconds of one pass.</summary>
    internal readonly record struct Cost(double Processor, double Wall);
}
