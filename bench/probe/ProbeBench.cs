using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Coverslip.Learning.Features;
using Coverslip.Methods.Probe;
using Coverslip.Torch;

namespace Coverslip.Bench.Probes;

/// <summary>Choosing a strength and fitting logistic regression; the twin of <c>bench/probe/probe.py</c>.</summary>
internal static class ProbeBench
{
    /// <summary><c>probe FILE FEATURES PATIENTS</c>: float32 rows of FILE with the label (0 or 1) behind the features.</summary>
    internal static void Run(string[] arguments)
    {
        Steps.SetThreads();
        var (features, patients) = (int.Parse(arguments[1], null), int.Parse(arguments[2], null));
        var stored = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(arguments[0])).ToArray();
        var rows = stored.Chunk(features + 1).ToArray();
        var images = new PatientRows(
            [.. rows.Select(r => r.Take(features).Select(v => (double)v).ToArray())],
            [.. rows.Select(r => (int)r[features])],
            [.. rows.Select((_, i) => $"{i % patients}")],
            2
        );
        var options = new ProbeOptions { C = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1] };
        using var fitting = new ProbeFitting(images, options, 1);
        var clock = Stopwatch.StartNew();
        var selection = LeftOutSelection.Of(
            images,
            new SettingChoice(options.Settings, options.Folds, 1),
            fitting.Fit,
            CancellationToken.None
        );
        var chosen = clock.Elapsed.TotalSeconds;
        fitting.Fit(null, [selection.Setting]);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    who = "coverslip",
                    seconds = clock.Elapsed.TotalSeconds,
                    choosing = chosen,
                    c = selection.Setting,
                    log_losses = selection.Candidates.Select(c => c.LogLoss),
                    threads = TorchRuntime.Threads,
                }
            )
        );
    }
}
