using System.Text.Json;
using Coverslip.Learning.Backbones;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Bench;

/// <summary>The published networks: timed as <c>bench/backbones/steps.py</c> does, and written down for parity.py.</summary>
internal static class BackboneBench
{
    private const int Samples = 256; // as in the twin
    private const string BatchPrefix = "batch/";

    /// <summary><c>backbones FOLDER</c>: weights and batch come from FOLDER/NETWORK.pth; a JSON line per work.</summary>
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "models", "steps", "precision");
        var (precision, runs) = (flags.Text("precision", "float32"), flags.Int("steps", 7));
        var type = Steps.TypeOf(precision);
        Steps.SetThreads();
        foreach (var model in flags.Text("models", "").Split(','))
        {
            using var scope = new TensorScope();
            using var loaded = new Loaded(flags.Words[0], model);
            loaded.Store.Fold(type);
            float[] scores;
            Steps.Timed times;
            using (new Inference())
            {
                scores = Predict(loaded, type);
                times = Steps.Times(runs, () => Predict(loaded, type)[0]);
            }
            var sample = Enumerable.Range(0, Samples).Select(i => scores[(long)i * scores.Length / Samples]).ToArray();
            Print("evaluation", sample, times);

            loaded.Store.Training = true;
            using var optimizer = new Sgd(loaded.Store, 1e-3, new SgdOptions { Momentum = 0.9 });
            var loss = (float)Step(loaded, optimizer, type);
            times = Steps.Times(runs, () => Step(loaded, optimizer, type));
            Print("training", [loss], times);

            void Print(string what, float[] values, Steps.Timed taken)
            {
                var images = loaded.Image.Size(0);
                Console.WriteLine(
                    JsonSerializer.Serialize(
                        new
                        {
                            who = "coverslip",
                            what,
                            model,
                            precision,
                            images,
                            values,
                            milliseconds = taken.Milliseconds,
                            processor = taken.Processor,
                        }
                    )
                );
            }
        }
    }

    /// <summary>
    /// <c>backbones-parity FOLDER</c>: every stage and the scores in evaluation and in training mode, and the scores of
    /// the folded network, to FOLDER/NETWORK.safetensors.
    /// </summary>
    internal static void Parity(string[] arguments)
    {
        var flags = new Flags(arguments, "models");
        Steps.SetThreads();
        foreach (var model in flags.Text("models", "").Split(','))
        {
            using var scope = new TensorScope();
            using var loaded = new Loaded(flags.Words[0], model);
            var written = new Dictionary<string, Tensor>();
            using var off = new NoGradient();
            foreach (var (mode, type) in Modes)
            {
                if (mode.StartsWith("folded", StringComparison.Ordinal))
                    loaded.Store.Fold(type);
                else
                    loaded.Store.Training = mode == "train";
                var scores = loaded
                    .Network.Forward(loaded.Image, (stage, map) => written[$"{mode}/{stage}"] = Copy(map))
                    .Scores!;
                written[$"{mode}/scores"] = Copy(scores);
            }
            SafeTensors.Write(
                Path.Combine(flags.Words[0], $"{model}.safetensors"),
                written.Select(e => (e.Key, e.Value))
            );
        }
    }

    // Training comes last, for it moves the running statistics.
    private static (string Mode, DType Type)[] Modes =>
        [
            ("eval", DType.Float32),
            ("folded-float32", DType.Float32),
            ("folded-bfloat16", DType.BFloat16),
            ("train", DType.Float32),
        ];

    // What follows may work in place.
    private static Tensor Copy(Tensor map) => (map.To(DType.Float32) * 1).Contiguous();

    private static float[] Predict(Loaded loaded, DType type)
    {
        using var scope = new TensorScope();
        using var cast = new Autocast(Device.Cpu, type);
        return loaded.Network.Forward(loaded.Image).Scores!.To(DType.Float32).ToArray<float>();
    }

    private static double Step(Loaded loaded, Optimizer optimizer, DType type)
    {
        using var scope = new TensorScope();
        loaded.Store.ClearGradients();
        Tensor loss;
        using (var forward = new TensorScope())
        using (new Autocast(Device.Cpu, type))
        {
            var scores = loaded.Network.Forward(loaded.Image).Scores!.To(DType.Float32);
            loss = forward.Keep(Losses.CrossEntropy(scores, loaded.Target));
        }
        loss.Backward();
        optimizer.Step();
        return loss.Item();
    }

    /// <summary>A network with the weights and the batch of a file.</summary>
    private sealed class Loaded : IDisposable
    {
        internal Loaded(string folder, string model)
        {
            Network = KnownBackbones.Named(model).Build(Store.Root, new BackboneOptions { Dropout = 0 });
            var parts = WeightsFile
                .Read(Path.Combine(folder, $"{model}.pth"))
                .ToLookup(e => e.Key.StartsWith(BatchPrefix, StringComparison.Ordinal));
            Store.Load(parts[false].ToDictionary());
            Store.ToChannelsLast();
            var batch = parts[true].ToDictionary(e => e.Key[BatchPrefix.Length..], e => e.Value);
            (Image, Target) = (batch["image"].Contiguous(MemoryFormat.ChannelsLast), batch["target"]);
        }

        internal ParameterStore Store { get; } = new();

        internal IBackbone Network { get; }

        internal Tensor Image { get; }

        internal Tensor Target { get; }

        public void Dispose() => Store.Dispose();
    }
}
