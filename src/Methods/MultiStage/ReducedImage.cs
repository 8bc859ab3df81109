using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// The slide's tissue reduced until a U-Net can be given all of it, for "segmentation only" (Takahama et al. 2019, sec.
/// 4.2.1): a map of patches, each a square of so many pixels. A patch's pixels are kept as its vector, so that maps are
/// laid out as those of features are; <see cref="Unfold"/> makes the picture of them.
/// </summary>
internal static class ReducedImage
{
    private const int Colors = 3;

    /// <summary>Vectors [N, 3 · cell · cell] of 1 − value: glass and what lies beyond the tissue are 0 alike.</summary>
    /// <param name="slide">The slide, whose windows have <paramref name="reading"/>'s pixels to a side.</param>
    /// <param name="reading">Pixels to a side of a patch, and patches at a time.</param>
    /// <param name="progress">Told how many patches are done.</param>
    /// <param name="stop">Asked between batches.</param>
    public static SlideFeatures Of(
        ISlidePatches slide,
        (int Cell, int Batch) reading,
        Action<int>? progress = null,
        CancellationToken stop = default
    )
    {
        var pixels = reading.Cell * reading.Cell;
        var vectors = new Half[slide.Patches.Count * Colors * pixels];
        var done = 0;
        foreach (var window in slide.Read([.. Enumerable.Range(0, slide.Patches.Count).Chunk(reading.Batch)]))
        {
            stop.ThrowIfCancellationRequested();
            for (var patch = 0; patch < window.Count; patch++, done++)
            {
                var (from, to) = (patch * pixels * 4, done * Colors * pixels);
                for (var color = 0; color < Colors; color++)
                for (var pixel = 0; pixel < pixels; pixel++)
                    vectors[to + (color * pixels) + pixel] = (Half)(
                        1 - (window.Pixels[from + (4 * pixel) + color] / 255f)
                    );
            }
            progress?.Invoke(done);
        }
        return new SlideFeatures(slide.Name, slide.Patches, vectors);
    }

    /// <summary>Maps [M, 3 · cell · cell, H, W] → pictures [M, 3, H · cell, W · cell].</summary>
    internal static Tensor Unfold(Tensor maps, int cell)
    {
        using var scope = new TensorScope();
        var (count, height, width) = (maps.Size(0), maps.Size(2), maps.Size(3));
        return scope.Keep(
            maps.Reshape(count, Colors, cell, cell, height, width)
                .Permute(0, 1, 4, 2, 5, 3)
                .Reshape(count, Colors, height * cell, width * cell)
                .Contiguous(MemoryFormat.ChannelsLast)
        );
    }

    /// <summary>
    /// Scores [M, classes, H · cell, W · cell] of pixels → logarithms [M, classes, H, W] of the mean of their
    /// probabilities over each patch.
    /// </summary>
    internal static Tensor OfPatches(Tensor scores, int cell)
    {
        using var scope = new TensorScope();
        var (count, classes) = (scores.Size(0), scores.Size(1));
        var (height, width) = (scores.Size(2) / cell, scores.Size(3) / cell);
        var mean = scores.Softmax(1).Reshape(count, classes, height, cell, width, cell).Mean([3, 5]);
        return scope.Keep(mean.Clamp(1e-7).Log());
    }
}
