using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Models;
using Coverslip.Learning.Progress;
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
/// <param name="told">Told what it is at, and whether to stop between batches.</param>
internal sealed class Int8Trial(
    OnnxRecording recording,
    IExamples examples,
    INetworkRecipe recipe,
    string path,
    (IWorkProgress Progress, CancellationToken Stop) told
)
{
    /// <summary>About so many examples say the ranges of maps, and so many which convolutions are sensitive.</summary>
    private const int MostRanged = 512,
        MostWeighed = 64;

    // A few examples with what float32 says of them, kept, since they are asked of each convolution.
    private readonly List<(float[] Images, long[] Shape, double[][] Before)> weighed = [];
    private readonly List<double[]> before = [];

    /// <summary>What float32 says of each example, once <see cref="Ranges"/> was asked.</summary>
    internal IReadOnlyList<double[]> Before => before;

    /// <summary>Asks float32 of all examples, and of some the ranges of maps.</summary>
    internal MapRanges Ranges()
    {
        recording.SaveRanges(path);
        using var session = OnnxSession.Open(path, Device.Cpu);
        var ranges = new MapRanges(recording.Maps);
        Each(
            "float32",
            (number, images) =>
            {
                var isRanged = IsSpread(number, MostRanged);
                string[] outputs = [OnnxFile.Output, .. isRanged ? [OnnxRecording.Low, OnnxRecording.High] : Nothing];
                var results = OnnxSession.Run(session, images, outputs);
                double[][] rows = [.. Predictor.Rows(results[0])];
                before.AddRange(rows);
                if (isRanged)
                    ranges.Add(results[1], results[2]);
                if (IsSpread(number, MostWeighed))
                    weighed.Add((images.ToArray<float>(), images.Shape, rows));
            }
        );
        return ranges;
    }

    private static string[] Nothing => [];

    /// <summary>What eight bits say of all examples.</summary>
    internal IReadOnlyList<double[]> Said(Int8Form form)
    {
        using var network = Made(form);
        var said = new List<double[]>();
        Each("eight bits", (_, images) => said.AddRange(Predictor.Rows(network.Probabilities(images))));
        return said;
    }

    /// <summary>
    /// The convolutions by place, first the one that alone over eight bits moves probabilities most, of some examples.
    /// </summary>
    internal IReadOnlyList<int> Sensitive(Int8Form form)
    {
        int[] all = [.. Enumerable.Range(0, recording.Convolutions)];
        using var steps = told.Progress.Begin("which convolutions are sensitive", all.Length, "convolutions");
        var moved = all.Select(place =>
            {
                var alone = Moved(form with { InFloat32 = [.. all.Where(p => p != place)] });
                steps.Report(place + 1);
                return alone;
            })
            .ToArray();
        return [.. all.OrderByDescending(p => moved[p])];
    }

    private double Moved(Int8Form form)
    {
        using var network = Made(form);
        var said = new List<double[]>();
        foreach (var (images, shape, _) in weighed)
        {
            told.Stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            said.AddRange(Predictor.Rows(network.Probabilities(Tensor.From<float>(images, shape))));
        }
        return Difference([.. weighed.SelectMany(w => w.Before)], said);
    }

    /// <summary>
    /// How many times as fast the network that is left at the path is as another way to the same probabilities, of how many images at a
    /// time; on one thread, as each batch of a prediction is computed: of several, each waits for the last, and what else the machine is
    /// at counts more than the networks.
    /// </summary>
    internal (double Gain, int Images) Speed(Func<Tensor, Tensor> other)
    {
        using var steps = told.Progress.Begin("how fast both are here", 1, "comparisons");
        var threads = TorchRuntime.Threads;
        TorchRuntime.Threads = 1;
        try
        {
            using var network = new Int8Network(path);
            using var scope = new TensorScope();
            var (pixels, shape, _) = weighed[0];
            var images = Tensor.From<float>(pixels, shape);
            var gain = Int8Speed.Gain(() => other(images), () => network.Probabilities(images), told.Stop);
            steps.Report(1);
            return (gain, (int)shape[0]);
        }
        finally
        {
            TorchRuntime.Threads = threads;
        }
    }

    private Int8Network Made(Int8Form form)
    {
        recording.SaveInt8(path, form.Ranges, form.InFloat32);
        return new Int8Network(path);
    }

    /// <summary>Mean difference of the probabilities.</summary>
    internal static double Difference(IReadOnlyList<double[]> before, IReadOnlyList<double[]> now) =>
        now.Zip(before, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average()).Average();

    private void Each(string what, Action<int, Tensor> work)
    {
        using var steps = told.Progress.Begin(what, examples.ValidationLabels.Count, "examples");
        var done = 0L;
        foreach (var (number, raw) in examples.Validation().Index())
        {
            told.Stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var images = raw.ToTensors(recipe.Input, recipe.Views.Count, Device.Cpu, null).Image;
            work(number, images);
            steps.Report(done += images.Size(0));
        }
    }

    // Whether a batch is one of about so many examples, from everywhere: slides and classes may come one after the other.
    private bool IsSpread(int number, int most) =>
        number % Math.Max(1, (examples.ValidationLabels.Count + (long)most - 1) / most) == 0;
}
