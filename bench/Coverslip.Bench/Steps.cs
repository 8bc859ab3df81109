using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Coverslip.Learning.Models;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Bench;

/// <summary>Training steps and evaluation, timed as <c>bench/steps/steps.py</c> does; a JSON line each.</summary>
internal static class Steps
{
    // Until then .NET compiles again what it runs often, on the cores that the step needs.
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(4);
    private const int WarmupSteps = 3;
    private const string BatchPrefix = "batch/";

    /// <summary><c>steps FOLDER</c>: weights and batches come from FOLDER/CASE.pth, as steps.py wrote them.</summary>
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "cases", "side", "steps", "precision", "device");
        var device = Device.Parse(flags.Text("device", "cpu"));
        SetThreads();
        foreach (var name in flags.Text("cases", string.Join(',', StepCase.Names)).Split(','))
        {
            using var scope = new TensorScope();
            using var step = StepCase.Of(name, flags.Int("side", 256), recompute: false, device);
            var stored = WeightsFile.Read(Path.Combine(flags.Words[0], $"{name}.pth"), device);
            var parts = stored.ToLookup(e => e.Key.StartsWith(BatchPrefix, StringComparison.Ordinal));
            step.Store.Load(parts[false].ToDictionary());
            var batch = parts[true]
                .ToDictionary(
                    e => e.Key[BatchPrefix.Length..],
                    e => e.Value.Shape.Length == 4 ? e.Value.Contiguous(MemoryFormat.ChannelsLast) : e.Value
                );
            var measured = new Measured(flags.Text("precision", "float32"), batch["image"].Size(0));
            Train(step, batch, measured, flags.Int("steps", 7));
            if (step.Predict is not null)
                Evaluate(step, batch, measured, flags.Int("steps", 7));
        }
    }

    /// <summary><c>memory</c>: one configuration of SagaNet's training step; prints the peak memory.</summary>
    internal static void Memory(string[] arguments)
    {
        var flags = new Flags(arguments, "side", "batch", "steps", "precision", "recompute");
        var (side, count) = (flags.Int("side", 768), flags.Int("batch", 4));
        var precision = flags.Text("precision", "float32");
        var recompute = bool.Parse(flags.Text("recompute", "false"));
        SetThreads();
        using var scope = new TensorScope();
        using var step = StepCase.Of("saganet", side, recompute, Device.Cpu);
        var batch = new Dictionary<string, Tensor>
        {
            ["image"] = Tensor.Rand([count, 3, side, side]).Contiguous(MemoryFormat.ChannelsLast),
            ["mask"] = Tensor.Ones([count, 1, side, side]),
            ["target"] = Tensor.Zeros([count], DType.Int64),
        };
        var clock = Stopwatch.StartNew();
        var steps = flags.Int("steps", 2);
        for (var i = 0; i < steps; i++)
            Step(step, batch, precision);
        var peak = ProcessMemory.Peak / 1048576;
        var (activations, seconds) = (recompute ? "recomputed" : "kept", clock.Elapsed.TotalSeconds / steps);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"| Coverslip | {side} | {count} | {precision} | {activations} | {peak} | {seconds:F1} |"
            )
        );
    }

    private static void Train(StepCase step, Dictionary<string, Tensor> batch, Measured measured, int steps)
    {
        step.Store.Training = true;
        var first = Step(step, batch, measured.Precision);
        var times = Times(steps, () => Step(step, batch, measured.Precision));
        measured.Print($"{step.Name} training", first, times);
    }

    private static double Step(StepCase step, Dictionary<string, Tensor> batch, string precision)
    {
        using var scope = new TensorScope();
        step.Store.ClearGradients();
        Tensor loss;
        // As in the training loop: what only the forward pass needed goes before the backward pass.
        using (var forward = new TensorScope())
        using (new Autocast(step.Store.Device, TypeOf(precision)))
            loss = forward.Keep(step.Loss(batch));
        loss.Backward();
        step.Optimizer.Step();
        return loss.Item(); // on a GPU this waits for the step
    }

    private static void Evaluate(StepCase step, Dictionary<string, Tensor> batch, Measured measured, int steps)
    {
        step.Store.Training = false;
        using var inference = new Inference();
        var times = Times(
            steps,
            () =>
            {
                using var scope = new TensorScope();
                using var cast = new Autocast(step.Store.Device, TypeOf(measured.Precision));
                return step.Predict!(batch).Sum().Item();
            }
        );
        measured.Print($"{step.Name} evaluation", null, times);
    }

    /// <summary>Milliseconds of each of so many runs, after a warm-up.</summary>
    internal static Timed Times(int runs, Func<double> work)
    {
        var whole = Stopwatch.StartNew();
        for (var i = 0; i < WarmupSteps || whole.Elapsed < Warmup; i++)
            work();
        var times = new Timed([], []);
        for (var i = 0; i < runs; i++)
        {
            var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            work();
            times.Milliseconds.Add(clock.Elapsed.TotalMilliseconds);
            times.Processor.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
        }
        return times;
    }

    internal static DType TypeOf(string precision) =>
        precision switch
        {
            "float32" => DType.Float32,
            "bfloat16" => DType.BFloat16,
            _ => throw new ArgumentException($"--precision is {precision}; known are float32 and bfloat16"),
        };

    internal static void SetThreads()
    {
        var threads = Environment.GetEnvironmentVariable("OMP_NUM_THREADS");
        TorchRuntime.Threads = threads is null
            ? Environment.ProcessorCount
            : int.Parse(threads, CultureInfo.InvariantCulture);
    }

    /// <summary>Milliseconds of runs.</summary>
    /// <param name="Milliseconds">By the clock.</param>
    /// <param name="Processor">Of processors, all threads together: what a busy machine leaves alone.</param>
    internal sealed record Timed(List<double> Milliseconds, List<double> Processor);

    private sealed record Measured(string Precision, long Images)
    {
        internal void Print(string what, double? loss, Timed times)
        {
            var threads = TorchRuntime.Threads;
            var (precision, images) = (Precision, Images);
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        who = "coverslip",
                        what,
                        precision,
                        images,
                        threads,
                        loss,
                        milliseconds = times.Milliseconds,
                        processor = times.Processor,
                    }
                )
            );
        }
    }
}
