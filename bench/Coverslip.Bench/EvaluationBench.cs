using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Scripts;
using Microsoft.ML.OnnxRuntime;
using Tensor = Coverslip.Torch.Tensor;

namespace Coverslip.Bench;

/// <summary>
/// Evaluation in turn within one process: unfolded, folded, ONNX Runtime with the network's own ONNX file and as many threads,
/// the same network over eight bits, as <c>coverslip quantize</c> makes it, and folded in bfloat16; processor time and wall time of each pass.
/// </summary>
internal static class EvaluationBench
{
    private const string UNetName = "u-net";
    private const int WarmUps = 3;

    /// <summary><c>evaluation</c>: a row per network, ratios of pairs as minimum, median, maximum.</summary>
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "models", "pairs", "batch", "side", "width", "opencv", "lines");
        Steps.SetThreads();
        Console.WriteLine(
            "| Network | images | ms unfolded, folded, ONNX Runtime, eight bits, bfloat16 | unfolded / folded: processor | wall | ONNX Runtime / folded: processor | wall | folded / eight bits: processor | wall | folded / bfloat16: processor | wall | largest difference |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (
            var model in flags.Text("models", $"{UNetName},densenet-121,resnet-50,googlenet,mobilenet-v2").Split(',')
        )
            Run(model, flags);
    }

    private static void Run(string model, Flags flags)
    {
        using var scope = new TensorScope();
        using ParameterStore unfolded = new(),
            folded = new(),
            brain = new();
        TorchRuntime.Seed(1);
        var plain = Network(model, unfolded, flags);
        var quick = Network(model, folded, flags);
        var brief = Network(model, brain, flags);
        brain.Load(unfolded.All.ToDictionary(p => p.Path, p => p.Value));
        brain.Fold(DType.BFloat16);
        folded.Load(unfolded.All.ToDictionary(p => p.Path, p => p.Value));
        unfolded.ToChannelsLast();
        unfolded.Training = false;
        var (side, batch) = model == UNetName ? (256, 2) : (flags.Int("side", 224), flags.Int("batch", 8));
        var x = Tensor.Rand([batch, 3, side, side]).Contiguous(MemoryFormat.ChannelsLast);
        var path = Path.Combine(flags.Text("opencv", Path.GetTempPath()), $"{model}.onnx");
        var recording = OnnxFile.Record([folded], quick, x);
        using var bits = new Peer(EightBits(recording, $"{path}.int8", x), x);
        File.Delete($"{path}.int8");
        recording.Save(path, new Dictionary<string, string>());
        using var peer = new Peer(path, x);
        using var inference = new Inference();
        var difference = (quick(x) - Tensor.From<float>(peer.Run(), quick(x).Shape)).Abs().Max().Item();
        Write(flags, path, x, quick);
        Func<object>[] works = [() => plain(x), () => quick(x), peer.Run, bits.Run, () => brief(x)];
        for (var i = 0; i < WarmUps; i++)
            foreach (var work in works)
                Measure(work);
        var rounds = Enumerable.Range(0, flags.Int("pairs", 7)).Select(_ => works.Select(Measure).ToArray()).ToArray();
        Keep(flags, model, batch, rounds);
        string Over(int other, Func<Cost, double> of, int ours = 1) =>
            Ratios(rounds.Select(r => of(r[other]) / of(r[ours])));
        var times = works.Select((_, i) => Median(rounds.Select(r => r[i].Processor)).ToString("0", Invariant));
        Console.WriteLine(
            string.Create(
                Invariant,
                $"| {model} | {batch} of {side}² | {string.Join(", ", times)} | {Over(0, c => c.Processor)} | {Over(0, c => c.Wall)} | {Over(2, c => c.Processor)} | {Over(2, c => c.Wall)} | {Over(1, c => c.Processor, 3)} | {Over(1, c => c.Wall, 3)} | {Over(1, c => c.Processor, 4)} | {Over(1, c => c.Wall, 4)} | {difference:0.0e+0} |"
            )
        );
    }

    // Ranges of the images that are timed; weights are of nothing, and what it says is not looked at.
    private static string EightBits(OnnxRecording recording, string path, Tensor x)
    {
        recording.SaveRanges(path);
        using var measured = new Peer(path, x);
        var (low, high) = (measured.Run(OnnxRecording.Low), measured.Run(OnnxRecording.High));
        (float, float)[] ranges =
        [
            .. Enumerable
                .Range(0, recording.Maps)
                .Select(m =>
                    (
                        low.Where((_, i) => i % recording.Maps == m).Min(),
                        high.Where((_, i) => i % recording.Maps == m).Max()
                    )
                ),
        ];
        recording.SaveInt8(path, ranges);
        return path;
    }

    // A line to each side of a round, for bench/peers.sh.
    private static void Keep(Flags flags, string model, int images, Cost[][] rounds)
    {
        if (flags.Text("lines", "") is not { Length: > 0 } file)
            return;
        string Line(string who, string precision, Cost cost) =>
            JsonSerializer.Serialize(
                new
                {
                    who,
                    what = "evaluation",
                    model,
                    precision,
                    images,
                    milliseconds = (double[])[cost.Wall],
                    processor = (double[])[cost.Processor],
                }
            );
        const string plain = "float32",
            bits = "ours over eight bits, its in float32";
        File.AppendAllLines(
            file,
            rounds.SelectMany(r =>
                new[]
                {
                    Line("coverslip", plain, r[1]),
                    Line("onnxruntime", plain, r[2]),
                    Line("coverslip", bits, r[3]),
                    Line("onnxruntime", bits, r[2]),
                }
            )
        );
    }

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

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

    // Images and what the network says of them, for bench/evaluation/opencv.cpp.
    private static void Write(Flags flags, string path, Tensor x, Func<Tensor, Tensor> network)
    {
        if (flags.Text("opencv", "").Length == 0)
            File.Delete(path);
        else
            foreach (var (name, tensor) in new[] { ("images", x), ("output", network(x)) })
            {
                using var stream = new BinaryWriter(File.Create(Path.ChangeExtension(path, name)));
                stream.Write(tensor.Shape.Length);
                foreach (var length in tensor.Shape)
                    stream.Write((int)length);
                stream.Write(MemoryMarshal.AsBytes<float>(tensor.Contiguous().ToArray<float>()));
            }
    }

    private static Cost Measure(Func<object> pass)
    {
        using var process = Process.GetCurrentProcess();
        var (before, clock) = (process.TotalProcessorTime, Stopwatch.StartNew());
        using (new TensorScope())
            _ = pass();
        var wall = clock.Elapsed.TotalMilliseconds;
        process.Refresh();
        return new Cost((process.TotalProcessorTime - before).TotalMilliseconds, wall);
    }

    private static string Ratios(IEnumerable<double> ratios)
    {
        double[] sorted = [.. ratios.Order()];
        return string.Create(Invariant, $"{sorted[0]:0.00}, **{sorted[sorted.Length / 2]:0.00}**, {sorted[^1]:0.00}");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Milliseconds of one pass.</summary>
    private readonly record struct Cost(double Processor, double Wall);

    /// <summary>As many threads as ours, which wait without spinning, or their waiting counted as work.</summary>
    internal static SessionOptions Settings()
    {
        var settings = new SessionOptions { IntraOpNumThreads = TorchRuntime.Threads };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return settings;
    }

    /// <summary>ONNX Runtime on the same images.</summary>
    private sealed class Peer : IDisposable
    {
        private readonly InferenceSession session;
        private readonly OrtValue input;
        private readonly RunOptions options = new();

        internal Peer(string path, Tensor x)
        {
            using var settings = Settings();
            session = new InferenceSession(path, settings);
            input = OrtValue.CreateTensorValueFromMemory(x.Contiguous().ToArray<float>(), x.Shape);
        }

        internal float[] Run() => Run(OnnxFile.Output);

        internal float[] Run(string output)
        {
            using var results = session.Run(options, [OnnxFile.Input], [input], [output]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }

        public void Dispose()
        {
            session.Dispose();
            input.Dispose();
            options.Dispose();
        }
    }
}
