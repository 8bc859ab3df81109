using Coverslip.Evaluation.Metrics;
using Coverslip.Files;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Learning.Models;
using Coverslip.Learning.Progress;
using Coverslip.Learning.Runs;
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
    /// <summary>Writes <see cref="RunFolder.Int8"/> and how it agrees, or nothing where it does not.</summary>
    /// <param name="part">The folder of the part.</param>
    /// <param name="progress">Told what it is at.</param>
    /// <param name="stop">Stops between batches.</param>
    /// <exception cref="InvalidOperationException">The network is not of convolutions over images alone, there is no validation example, or eight
    /// bits say something else; the message says how much.</exception>
    public Int8Facts Write(RunFolder part, IWorkProgress progress, CancellationToken stop = default)
    {
        var recording = Recorded(model);
        if (examples.ValidationLabels.Count == 0)
            throw new InvalidOperationException(
                "the run has no validation patients (split.validation_share), from whom ranges are taken and who tell whether eight bits agree; predict with it in float32"
            );
        Int8Facts? facts = null;
        WholeFile.WriteAt(
            part.Int8,
            temporary =>
            {
                var trial = new Int8Trial(recording, examples, recipe, temporary, (progress, stop));
                facts = Chosen(recording, trial, temporary);
                if (!facts.Agrees)
                    throw new InvalidOperationException(
                        $"{part.Path}: eight bits say something else than float32, even with the most sensitive half of the convolutions in float32: {facts.Words}; no network of this part was written, predict in float32"
                    );
                var (gain, images) = trial.Speed(model.Able<IQuantizable>().Said);
                facts = facts with { TimesAsFast = gain, TimedImages = images, TimedThreads = 1 };
            }
        );
        facts = facts! with { FileHash = FileContents.ReadWhole(part.Int8), WeightsHash = RunWeights.Hash(part)! };
        facts.Write(part);
        return facts;
    }

    // What is left at the path is the network that agrees, with as many convolutions over eight bits as may be, or none that does.
    private Int8Facts Chosen(OnnxRecording recording, Int8Trial trial, string path)
    {
        var ranges = trial.Ranges();
        Int8Facts Of(Int8Form form) => Facts(recording, form, trial) with { Calibrated = ranges.Images };
        Int8Form[] whole =
        [
            new("extremes of all", ranges.Extremes),
            new("means of each image's extremes", ranges.Means),
        ];
        var (form, facts) = whole
            .Select(form => (form, Facts: Of(form)))
            .OrderBy(f => (!f.Facts.Agrees, f.Facts.MeanDifference))
            .First();
        // With the convolutions whose rounding tells most in float32: an eighth of them, a quarter, or half.
        var order = facts.Agrees ? [] : trial.Sensitive(form);
        for (var share = 8; share >= 2 && !facts.Agrees; share /= 2)
        {
            form = form with { InFloat32 = [.. order.Take((recording.Convolutions + share - 1) / share)] };
            facts = Of(form);
        }
        recording.SaveInt8(path, form.Ranges, form.InFloat32);
        return facts;
    }

    /// <summary>Refuses a model before anything is prepared for it.</summary>
    /// <exception cref="InvalidOperationException">Its network is not of convolutions over images alone; the message says why.</exception>
    public static void Check(IModel model) => _ = Recorded(model);

    private static OnnxRecording Recorded(IModel model)
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

    private Int8Facts Facts(OnnxRecording recording, Int8Form form, Int8Trial trial)
    {
        var (before, now) = (trial.Before, trial.Said(form));
        return new()
        {
            WeightsHash = "",
            FileHash = "",
            Convolutions = recording.Convolutions - form.InFloat32.Count,
            InFloat32 = form.InFloat32.Count,
            Calibrated = 0,
            Ranges = form.Name,
            Examples = now.Count,
            Changed = now.Zip(before, (a, b) => MostProbable(a) != MostProbable(b) ? 1 : 0).Sum(),
            MeanDifference = Int8Trial.Difference(before, now),
            Float32Auc = Auc(before),
            Int8Auc = Auc(now),
        };
    }

    private static int MostProbable(double[] row) => Array.IndexOf(row, row.Max());

    private double? Auc(IReadOnlyList<double[]> said)
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
}
