using System.Globalization;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Methods;
using Coverslip.Torch;

namespace Coverslip.Bench;

/// <summary>
/// What the timing of <c>precision: auto</c> makes of equals: float32 against float32, again and again, as least, median and
/// greatest gain. And what bfloat16 gains, where the processor has it.
/// </summary>
internal static class PrecisionBench
{
    /// <summary><c>precision RECIPE… [--trials 10]</c>: a row to each recipe file.</summary>
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "trials");
        var trials = flags.Int("trials", 10);
        Steps.SetThreads();
        Console.WriteLine("| Recipe | s a batch | float32 over float32 | float32 over bfloat16 |\n|---|---|---|---|");
        foreach (var file in flags.Words)
        {
            var stages = Known.Methods.Load(file).Stages.Select(s => (s.Recipe, 2)).ToArray();
            PrecisionTimes[] Times(Precision second) =>
                [
                    .. Enumerable
                        .Range(0, trials)
                        .Select(_ => new PrecisionTrial(Device.Cpu) { Sides = (Precision.Float32, second) }.Of(stages)),
                ];
            var equals = Times(Precision.Float32);
            var gains = Processor.HasBfloat16 ? Words(Times(Precision.Bfloat16)) : "–";
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {Path.GetFileNameWithoutExtension(file)} | {equals.Average(t => t.Float32Median):0.000} | {Words(equals)} | {gains} |"
                )
            );
        }
    }

    private static string Words(PrecisionTimes[] times)
    {
        double[] sorted = [.. times.Select(t => t.Gain).Order()];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{sorted[0]:0.00}, **{sorted[sorted.Length / 2]:0.00}**, {sorted[^1]:0.00}"
        );
    }
}
