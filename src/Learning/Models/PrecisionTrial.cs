using System.Diagnostics;
using Coverslip.Learning.Loop;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

/// <summary>How long training batches take in both precisions, of all stages together.</summary>
/// <param name="Float32">Seconds, pair by pair.</param>
/// <param name="Bfloat16">The same in bfloat16; each was taken right after its neighbor.</param>
internal sealed record PrecisionTimes(IReadOnlyList<double> Float32, IReadOnlyList<double> Bfloat16)
{
    /// <summary>How many times as fast bfloat16 is: the median over the pairs.</summary>
    public double Gain => Median([.. Float32.Zip(Bfloat16, (slow, fast) => slow / fast)]);

    public double Float32Median => Median(Float32);

    public double Bfloat16Median => Median(Bfloat16);

    private static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>
/// Times training batches of a recipe's own networks in float32 and in bfloat16, in turn: steps of the optimizer at a rate of
/// nothing over random images, on networks that are built for it and thrown away. Random numbers go on afterwards as if
/// nothing had been.
/// </summary>
/// <param name="device">Where.</param>
internal sealed class PrecisionTrial(Device device)
{
    /// <summary>Pairs of batches, of which the median counts.</summary>
    public const int Pairs = 7;

    private const int LeastPairs = 3;

    /// <summary>After so long no further pair is begun of a stage, once there are three.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);

    /// <summary>Both sides of the pairs; others than float32 and bfloat16 tell how much a machine's noise makes of equals.</summary>
    public (Precision First, Precision Second) Sides { get; init; } = (Precision.Float32, Precision.Bfloat16);

    /// <summary>Of several processes that share a batch, how many there are; 1 by default.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>Times the stages one after the other; the sums of their pairs.</summary>
    /// <param name="stages">What the training loop trains, at least one, and the number of classes of each.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public PrecisionTimes Of(
        IReadOnlyList<(INetworkRecipe Recipe, int Classes)> stages,
        CancellationToken stop = default
    )
    {
        var random = RandomState.Now(device);
        try
        {
            var timed = stages.Select(stage => Pairwise(stage.Recipe, stage.Classes, stop)).ToArray();
            var pairs = timed.Min(t => t.Count);
            return new PrecisionTimes(
                [.. Enumerable.Range(0, pairs).Select(p => timed.Sum(t => t[p].First))],
                [.. Enumerable.Range(0, pairs).Select(p => timed.Sum(t => t[p].Second))]
            );
        }
        finally
        {
            random.Set(device);
        }
    }

    private List<(double First, double Second)> Pairwise(INetworkRecipe recipe, int classes, CancellationToken stop)
    {
        using var network = recipe.Build(classes, device);
        recipe.Begin(network);
        using var models = new ModelsInTraining([new TrainedStore("", network.Store)], recipe.Training);
        models.Training = true;
        models.SetRates(_ => 0); // noise teaches nothing, and must not end in what is no number
        var images = Math.Max(1, (recipe.Training.Batch + Processes - 1) / Processes);
        double Seconds(Precision precision)
        {
            stop.ThrowIfCancellationRequested();
            var clock = Stopwatch.StartNew();
            TrialStep.Gradients(recipe, network, (images, classes), precision);
            models.Step(recipe.Training.ClipGradient);
            TorchRuntime.Synchronize(device);
            return clock.Elapsed.TotalSeconds;
        }
        // The first batches bring in libraries and kernels, and make the allocator grow.
        for (var warm = 0; warm < 2; warm++)
            _ = Seconds(Sides.First) + Seconds(Sides.Second);
        var (pairs, all) = (new List<(double, double)>(), Stopwatch.StartNew());
        while (pairs.Count < LeastPairs || (pairs.Count < Pairs && all.Elapsed < Enough))
            pairs.Add((Seconds(Sides.First), Seconds(Sides.Second)));
        return pairs;
    }
}
