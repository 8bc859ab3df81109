using System.Globalization;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Metrics;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

/// <summary>Probabilities of many images, in order; averaged over orientations where the recipe says so.</summary>
public sealed class Predictor(IClassifier model, BatchReader reader, INetworkRecipe recipe)
{
    /// <summary>
    /// Probabilities [images][classes]. <paramref name="progress"/> is told how many images are done.
    /// </summary>
    public IReadOnlyList<double[]> Probabilities(
        IReadOnlyList<Patch> patches,
        Action<int>? progress = null,
        CancellationToken stop = default
    )
    {
        model.Store.Training = false;
        var orientations = recipe.Input.Orientations(recipe.Augmentation.AverageOrientations);
        var sums = new double[patches.Count][];
        var done = 0;
        foreach (var orientation in orientations)
        {
            var next = 0;
            foreach (var rows in reader.Beside(patches, orientation, raw => Predicted(raw, stop)))
            {
                foreach (var row in rows)
                {
                    var sum = sums[next++] ??= new double[row.Length];
                    for (var c = 0; c < row.Length; c++)
                        sum[c] += row[c] / orientations.Length;
                }
                done += rows.Length;
                progress?.Invoke(done / orientations.Length);
            }
        }
        return sums;
    }

    private double[][] Predicted(RawBatch raw, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        using var inference = new Inference();
        using var scope = new TensorScope();
        using var cast = recipe.Training.Precision.On(model.Store.Device);
        return [.. Rows(model.Predict(reader.ToTensors(raw)))];
    }

    /// <summary>What the network's last layer gets of each image as it stands, [images][features]; null where it does not say.</summary>
    public IReadOnlyList<float[]>? Features(IReadOnlyList<Patch> patches, CancellationToken stop = default)
    {
        model.Store.Training = false;
        var rows = new List<float[]>(patches.Count);
        foreach (var described in reader.Beside(patches, 0, raw => Described(raw, stop)))
        {
            if (described is null)
                return null;
            rows.AddRange(described);
        }
        return rows;
    }

    private IEnumerable<float[]>? Described(RawBatch raw, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        using var inference = new Inference();
        using var scope = new TensorScope();
        using var cast = recipe.Training.Precision.On(model.Store.Device);
        return model.Describe(reader.ToTensors(raw)) is { } features
            ? features.To(DType.Float32).ToArray<float>().Chunk((int)features.Size(1))
            : null;
    }

    /// <summary>What the network makes of each image on the way to its answer.</summary>
    internal IEnumerable<InnerView> Inside(
        ILookedInto shown,
        IReadOnlyList<Patch> patches,
        Func<Patch, bool> pictured,
        CancellationToken stop
    )
    {
        shown.Store.Training = false;
        foreach (var raw in reader.Plain(patches))
        {
            stop.ThrowIfCancellationRequested();
            foreach (var view in Looked(shown, raw, pictured))
                yield return view;
        }
    }

    /// <summary>Apart from the iterator, which cannot hold a scope open between images.</summary>
    private IReadOnlyList<InnerView> Looked(ILookedInto shown, RawBatch raw, Func<Patch, bool> pictured)
    {
        using var inference = new Inference();
        using var scope = new TensorScope();
        using var cast = recipe.Training.Precision.On(shown.Store.Device);
        var kept = raw with { Pixels = [.. raw.Pixels] }; // the buffer goes back to its pool with the tensors
        return shown.LookInto(kept, reader.ToTensors(raw), pictured);
    }

    /// <summary>A predictions file's rows of findings; decided at one half.</summary>
    public static Predictions TableOfFindings(
        IReadOnlyList<string> findings,
        IReadOnlyList<Patch> patches,
        IReadOnlyList<double[]> probabilities
    )
    {
        CheckFinite(patches, findings, probabilities);
        var rows = patches.Zip(
            probabilities,
            (patch, p) =>
                new Prediction(
                    patch.Row.Image,
                    patch.Row.Patient,
                    patch.Row.Findings is { } shown ? CohortFile.Join(shown) : Predictions.Unknown,
                    "",
                    p
                )
        );
        return new Predictions(findings, [.. rows]) { MultiLabel = true }.DecideFindings([
            .. findings.Select(_ => 0.5),
        ]);
    }

    /// <summary>A predictions file's rows; decided for the most probable class.</summary>
    public static Predictions Table(
        IReadOnlyList<string> classes,
        IReadOnlyList<Patch> patches,
        IReadOnlyList<double[]> probabilities
    )
    {
        CheckFinite(patches, classes, probabilities);
        return new(
            classes,
            [
                .. patches.Zip(
                    probabilities,
                    (patch, p) =>
                        new Prediction(
                            patch.Row.Image,
                            patch.Row.Patient,
                            patch.Label < 0 ? "" : patch.Row.Label,
                            classes[Array.IndexOf(p, p.Max())],
                            p
                        )
                ),
            ]
        );
    }

    /// <summary>Refuses what is no number, where a model's probabilities get their image and their classes.</summary>
    /// <exception cref="InvalidDataException">There is one; the message names image and class.</exception>
    public static void CheckFinite(string image, IReadOnlyList<string> classes, IReadOnlyList<double> probabilities)
    {
        for (var c = 0; c < probabilities.Count; c++)
            if (!double.IsFinite(probabilities[c]))
                throw new InvalidDataException(
                    $"{image}: the model's probability of '{classes[c]}' is {probabilities[c].ToString(CultureInfo.InvariantCulture)}, no number; its weights are damaged or its training diverged: pack or train it again"
                );
    }

    private static void CheckFinite(
        IReadOnlyList<Patch> patches,
        IReadOnlyList<string> classes,
        IReadOnlyList<double[]> probabilities
    )
    {
        foreach (var (patch, row) in patches.Zip(probabilities))
            CheckFinite(patch.Row.Image, classes, row);
    }

    public static IEnumerable<double[]> Rows(Tensor probabilities)
    {
        var classes = (int)probabilities.Size(1);
        return probabilities.To(DType.Float64).ToArray<double>().Chunk(classes);
    }
}
