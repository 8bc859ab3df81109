using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Encoders;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Runs;
using Coverslip.Torch;
using Coverslip.Torch.Scripts;

namespace Coverslip.Learning.Quantization;

/// <summary>
/// Makes of a part's network one over numbers of eight bits: ranges of its maps from validation examples, weights channel by
/// channel (Jacob et al. 2018, sec. 2 and 3, without training anew), and holds it against the network of float32.
/// </summary>
/// <param name="model">With the part's weights, on the processor.</param>
/// <param name="examples">Of the part.</param>
/// <param name="recipe">The run's.</param>
/// <param name="positive">The class that is looked for, of two; null of several.</param>
public sealed class Int8Quantizer(IModel model, IExamples examples, INetworkRecipe recipe, int? positive)
{
    /// <summary>At most about so many validation examples say the ranges; all are judged.</summary>
    private const int MostCalibrated = 512;

    /// <summary>Writes <see cref="RunFolder.Int8"/> and how it agrees, or nothing where it does not.</summary>
    /// <param name="part">The folder of the part.</param>
    /// <param name="progress">Told how many examples were computed, five times all in all.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="InvalidOperationException">The network is not of convolutions over images alone, there is no validation example, or eight
    /// bits say something else; the message says how much.</exception>
    public Int8Facts Write(RunFolder part, Action<int>? progress = null, CancellationToken stop = default)
    {
        var recording = Recording();
        if (examples.ValidationLabels.Count == 0)
            throw new InvalidOperationException(
                "the run has no validation patients (split.validation_share), from whom ranges are taken and who tell whether eight bits agree; predict with it in float32"
            );
        var done = 0;
        void Tell(int more) => progress?.Invoke(done += more);
        Int8Facts? facts = null;
        WholeFile.WriteAt(part.Int8, temporary => facts = Chosen(recording, temporary, Tell, stop));
        facts = facts! with { FileHash = FileContents.ReadWhole(part.Int8), WeightsHash = RunWeights.Hash(part)! };
        facts.Write(part);
        return facts;
    }

    // What is left at the path is the network whose ranges agree better.
    private Int8Facts Chosen(OnnxRecording recording, string path, Action<int> tell, CancellationToken stop)
    {
        var ranges = new MapRanges(recording.Maps);
        recording.SaveRanges(path);
        var before = Ranged(path, ranges, tell, stop);
        var (extremes, means) = ("extremes of all", "means of each image's extremes");
        Int8Form[] forms =
        [
            new(extremes, ranges.Extremes, false),
            new(means, ranges.Means, false),
            new(extremes, ranges.Extremes, true),
            new(means, ranges.Means, true),
        ];
        var (best, form) = forms
            .Select(form => (Facts: Made(recording, form, before, path, tell, stop), form))
            .OrderBy(f => (f.Facts.Changed, f.Facts.MeanDifference))
            .First();
        if (!best.Agrees)
            throw new InvalidOperationException(
                $"eight bits say something else than float32: {best.Words}; nothing was written, predict in float32"
            );
        recording.SaveInt8(path, form.Ranges, form.WithoutFirst);
        return best with { Calibrated = ranges.Images };
    }

    private OnnxRecording Recording()
    {
        try
        {
            var recording = model.Able<IQuantizable>().Recorded();
            return recording.Convolutions > 0
                ? recording
                : throw new InvalidOperationException(
                    "this run cannot be computed over eight bits: its network has no convolution"
                );
        }
        catch (NotSupportedException error)
        {
            throw new InvalidOperationException(
                $"this run cannot be computed over eight bits: its network computes {error.Message}, which has no form in ONNX here",
                error
            );
        }
    }

    // The float32 network's probabilities; the ranges of some of the batches.
    private List<double[]> Ranged(string path, MapRanges ranges, Action<int> tell, CancellationToken stop)
    {
        var said = new List<double[]>();
        using var session = OnnxSession.Open(path, Device.Cpu);
        var step = Math.Max(1, (examples.ValidationLabels.Count + MostCalibrated - 1) / MostCalibrated);
        foreach (var (number, raw) in examples.Validation().Index())
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var isRanged = number % step == 0;
            var results = OnnxSession.Run(
                session,
                Images(raw),
                isRanged ? [OnnxFile.Output, OnnxRecording.Low, OnnxRecording.High] : [OnnxFile.Output]
            );
            said.AddRange(Predictor.Rows(results[0]));
            if (isRanged)
                ranges.Add(results[1], results[2]);
            tell((int)results[0].Size(0));
        }
        return said;
    }

    private Int8Facts Made(
        OnnxRecording recording,
        Int8Form form,
        List<double[]> before,
        string path,
        Action<int> tell,
        CancellationToken stop
    )
    {
        recording.SaveInt8(path, form.Ranges, form.WithoutFirst);
        var now = new List<double[]>();
        using var network = new Int8Network(path);
        foreach (var raw in examples.Validation())
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var rows = Predictor.Rows(network.Probabilities(Images(raw))).ToArray();
            now.AddRange(rows);
            tell(rows.Length);
        }
        return new Int8Facts
        {
            WeightsHash = "",
            FileHash = "",
            Convolutions = recording.Convolutions - (form.WithoutFirst ? 1 : 0),
            FirstInFloat32 = form.WithoutFirst,
            Calibrated = 0,
            Ranges = form.Name,
            Examples = now.Count,
            Changed = now.Zip(before, (a, b) => MostProbable(a) != MostProbable(b) ? 1 : 0).Sum(),
            MeanDifference = now.Zip(before, (a, b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average()).Average(),
            Float32Auc = Auc(before),
            Int8Auc = Auc(now),
        };
    }

    private Tensor Images(RawBatch raw) => raw.ToTensors(recipe.Input, recipe.Views.Count, Device.Cpu, null).Image;

    private static int MostProbable(double[] row) => Array.IndexOf(row, row.Max());

    private double? Auc(List<double[]> said)
    {
        var labels = examples.ValidationLabels;
        int[] classes = said[0].Length == 2 ? [positive ?? 1] : [.. Enumerable.Range(0, said[0].Length)];
        double[] areas =
        [
            .. classes
                .Select(c => RankedScores.Auc([.. said.Select(r => r[c])], [.. labels.Select(l => l == c)]))
                .Where(double.IsFinite),
        ];
        return areas.Length > 0 ? areas.Average() : null;
    }

    /// <summary>One way to come from float32 to eight bits.</summary>
    private sealed record Int8Form(string Name, (float, float)[] Ranges, bool WithoutFirst);
}
