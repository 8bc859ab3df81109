using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Scripts;

namespace Coverslip.Learning.Quantization;

/// <summary>One way to come from float32 to eight bits.</summary>
/// <param name="Name">Where the ranges are from.</param>
/// <param name="Ranges">Least and greatest number of each map.</param>
internal sealed record Int8Form(string Name, IReadOnlyList<(float Low, float High)> Ranges)
{
    /// <summary>Convolutions that stay in float32, by place.</summary>
    internal IReadOnlyList<int> InFloat32 { get; init; } = [];
}

/// <summary>A recorded network, asked of validation examples in float32 and over eight bits.</summary>
/// <param name="recording">The network.</param>
/// <param name="examples">The validation examples are asked of.</param>
/// <param name="recipe">What makes images of them.</param>
/// <param name="path">A file for what is tried.</param>
/// <param name="stop">Stops between batches.</param>
internal sealed class Int8Trial(
    OnnxRecording recording,
    IExamples examples,
    INetworkRecipe recipe,
    string path,
    CancellationToken stop
)
{
    /// <summary>About so many examples say the ranges of maps, and so many which convolutions are sensitive.</summary>
    private const int MostRanged = 512,
        MostWeighed = 64;

    private readonly List<double[][]> before = [];

    /// <summary>What float32 says of each example, once <see cref="Ranges"/> was asked.</summary>
    internal IReadOnlyList<double[]> Before => [.. before.SelectMany(rows => rows)];

    /// <summary>Asks float32 of all examples, and of some the ranges of maps.</summary>
    internal MapRanges Ranges(Action<int> tell)
    {
        recording.SaveRanges(path);
        using var session = OnnxSession.Open(path, Device.Cpu);
        var ranges = new MapRanges(recording.Maps);
        Each(
            int.MaxValue,
            (number, images) =>
            {
                var isRanged = IsSpread(number, MostRanged);
                string[] outputs = [OnnxFile.Output, .. isRanged ? [OnnxRecording.Low, OnnxRecording.High] : Nothing];
                var results = OnnxSession.Run(session, images, outputs);
                before.Add([.. Predictor.Rows(results[0])]);
                if (isRanged)
                    ranges.Add(results[1], results[2]);
                tell(before[^1].Length);
            }
        );
        return ranges;
    }

    private static string[] Nothing => [];

    /// <summary>What eight bits say of all examples.</summary>
    internal IReadOnlyList<double[]> Said(Int8Form form, Action<int> tell) => Said(form, int.MaxValue, tell);

    /// <summary>
    /// The convolutions by place, first the one that alone over eight bits moves probabilities most, of some examples.
    /// </summary>
    internal IReadOnlyList<int> Sensitive(Int8Form form)
    {
        int[] all = [.. Enumerable.Range(0, recording.Convolutions)];
        double[][] some = [.. before.Where((_, number) => IsSpread(number, MostWeighed)).SelectMany(rows => rows)];
        double Moved(int place) =>
            Difference(
                some,
                Said(form with { InFloat32 = [.. all.Where(p => p != place)] }, MostWeighed, static _ => { })
            );
        var moved = all.Select(Moved).ToArray();
        return [.. all.OrderByDescending(p => moved[p])];
    }

    /// <summary>Mean difference of the probabilities.</summary>
    internal static double Difference(IReadOnlyList<double[]> before, IReadOnlyList<double[]> now) =>
        now.Zip(before, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average()).Average();

    private List<double[]> Said(Int8Form form, int most, Action<int> tell)
    {
        recording.SaveInt8(path, form.Ranges, form.InFloat32);
        using var network = new Int8Network(path);
        var said = new List<double[]>();
        Each(
            most,
            (_, images) =>
            {
                said.AddRange(Predictor.Rows(network.Probabilities(images)));
                tell((int)images.Size(0));
            }
        );
        return said;
    }

    // Batches, at most about so many examples, from everywhere: slides and classes may come one after the other.
    private void Each(int most, Action<int, Tensor> work)
    {
        foreach (var (number, raw) in examples.Validation().Index())
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var batch = raw.ToTensors(recipe.Input, recipe.Views.Count, Device.Cpu, null);
            if (IsSpread(number, most))
                work(number, batch.Image);
        }
    }

    private bool IsSpread(int number, int most) =>
        number % Math.Max(1, (examples.ValidationLabels.Count + (long)most - 1) / most) == 0;
}
