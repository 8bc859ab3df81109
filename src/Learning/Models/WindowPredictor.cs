using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Loop;
using Coverslip.Torch;

namespace Coverslip.Learning.Models;

/// <summary>
/// Probabilities of pictures in memory. They go to the device once, and are turned and flipped there, see
/// <see cref="ImageChange.Oriented(Tensor, int)"/>.
/// </summary>
internal sealed class WindowPredictor(IClassifier network, INetworkRecipe recipe)
{
    /// <summary>Probabilities [windows][classes], over eight orientations of a square, four otherwise.</summary>
    public IReadOnlyList<double[]> Probabilities(WindowBatch windows, bool orientations)
    {
        var input = recipe.Input;
        network.Store.Training = false;
        using var inference = new Inference();
        using var scope = new TensorScope();
        var (image, mask) = BatchReader.Pixels(windows.Pixels, windows.Count, input, network.Store.Device);
        var further = BatchReader.FurtherViews(
            windows.Pixels,
            windows.Count,
            recipe.Views.Count,
            input,
            network.Store.Device
        );
        var target = Tensor.From<long>(new long[windows.Count]).To(network.Store.Device); // nothing has a label
        var all = input.Orientations(orientations);
        var sums = Enumerable.Range(0, windows.Count).Select(_ => Array.Empty<double>()).ToArray();
        var beside = new BatchesBeside(
            network.Store.Device,
            windows.Count,
            (long)input.Width * input.Height * recipe.Views.Count
        );
        foreach (var rows in beside.Run(all, all.Length, Predicted))
        foreach (var (window, row) in rows.Index())
        {
            if (sums[window].Length == 0)
                sums[window] = new double[row.Length];
            for (var c = 0; c < row.Length; c++)
                sums[window][c] += row[c] / all.Length;
        }
        return sums;

        double[][] Predicted(int orientation)
        {
            using var inner = new Inference();
            using var each = new TensorScope();
            using var precise = recipe.Training.Precision.On(network.Store.Device);
            var batch = new Batch(
                ImageChange.Oriented(image, orientation).Contiguous(MemoryFormat.ChannelsLast),
                ImageChange.Oriented(mask, orientation).Contiguous(),
                target,
                null
            )
            {
                FurtherViews =
                [
                    .. further.Select(v => ImageChange.Oriented(v, orientation).Contiguous(MemoryFormat.ChannelsLast)),
                ],
            };
            return [.. Predictor.Rows(network.Predict(batch))];
        }
    }

    /// <summary>The same of unmasked images [B, 3, H, W] in [0, 1] in one piece, [B, classes], see <see cref="IRecordable"/>.</summary>
    internal Tensor Probabilities(Tensor images)
    {
        var input = recipe.Input;
        var mask = Tensor.Ones([1, 1, input.Height, input.Width]);
        if (input.Gray)
        {
            var gray = images.Mean([1], keep: true);
            images = Tensor.Cat([gray, gray, gray], 1);
        }
        if (input.Standardize)
            images = BatchReader.Standardized(images, mask);
        var nothing = Tensor.From<long>([0]); // nothing has a label
        var all = input.Orientations(recipe.Augmentation.AverageOrientations);
        return all.Select(o =>
                    network.Predict(
                        new Batch(
                            ImageChange.Oriented(images, o).Contiguous(MemoryFormat.ChannelsLast),
                            ImageChange.Oriented(mask, o),
                            nothing,
                            null
                        )
                    )
                )
                .Aggregate((sum, more) => sum + more) / all.Length;
    }
}
