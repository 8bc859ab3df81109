using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>What a segmentation model says of the patches of slides.</summary>
internal static class SlidePrediction
{
    /// <summary>Tumor's probability of every patch of a slide that lies on a map, with a label or without.</summary>
    /// <param name="model">In evaluation, as it stands.</param>
    /// <param name="slide">Features of its patches.</param>
    /// <param name="maps">How they are laid out.</param>
    /// <param name="batch">Maps at a time.</param>
    public static IReadOnlyList<PredictedPatch> Of(
        SegmentationModel model,
        SlideFeatures slide,
        FeatureMapOptions maps,
        int batch
    )
    {
        model.Store.Training = false;
        using var inference = new Inference();
        var set = new MapSet([slide], maps);
        var predicted = new List<PredictedPatch>();
        foreach (var numbers in set.Batches([.. Enumerable.Range(0, set.Count)], batch))
        {
            using var scope = new TensorScope();
            var built = set.Batch(numbers, model.Store.Device);
            predicted.AddRange(Cells(set, built, model.Forward(built.Maps)));
        }
        return predicted;
    }

    /// <summary>The patches on a batch's maps with what the scores [B, 2, side, side] say of them.</summary>
    internal static List<PredictedPatch> Cells(MapSet set, MapBatch batch, Tensor scores)
    {
        var tumor = scores.To(DType.Float32).Softmax(1).Select(1, GridPatch.Tumor).ToArray<float>();
        var cells = tumor.Length / batch.Of.Count;
        var predicted = new List<PredictedPatch>();
        foreach (var (place, number) in batch.Of.Index())
        {
            var (slide, layout) = set[number];
            for (var i = 0; i < layout.Placed.Count; i++)
                predicted.Add(
                    new PredictedPatch(slide.Patches[layout.Placed[i]], tumor[(place * cells) + layout.Cells[i]])
                );
        }
        return predicted;
    }
}
