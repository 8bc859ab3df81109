using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Coverslip.Files;
using Coverslip.Learning.Models;
using Coverslip.Torch;

namespace Coverslip.Methods.MultiStage;

/// <summary>What a run's models say of the patches of a slide.</summary>
/// <param name="model">The models.</param>
/// <param name="recipe">Their recipe.</param>
/// <param name="positive">The patch classifier's column of tumor.</param>
internal sealed class SlidePredictor(MultiStageModel model, MultiStageRecipe recipe, int positive)
{
    /// <summary>Tumor's probability of every patch; of those beyond the border of their map there is none.</summary>
    /// <param name="slide">The slide.</param>
    /// <param name="stop">Asked between batches.</param>
    /// <param name="progress">Told how many patches have been read.</param>
    internal IReadOnlyList<PredictedPatch> Predict(
        SlideGrid slide,
        CancellationToken stop,
        Action<int>? progress = null
    )
    {
        if (slide.Patches.Count == 0)
            return [];
        var predicted = Predicted(slide, stop, progress);
        foreach (var patch in predicted)
            Predictor.CheckFinite($"{slide.Name}, a patch", ["tumor"], [patch.Probability]);
        return predicted;
    }

    private IReadOnlyList<PredictedPatch> Predicted(SlideGrid slide, CancellationToken stop, Action<int>? progress)
    {
        if (recipe.Learning == Learning.Chance)
            return Drawn(slide);
        if (model.Segmentation is not { } segmentation)
            return Classified(model.Extractor!, slide, stop, progress);
        var vectors = new SlideVectors(recipe, model.Extractor).Of(slide, progress, stop);
        return SlidePrediction.Of(segmentation, vectors, recipe.Maps, recipe.MapTraining.Batch);
    }

    /// <summary>The same numbers whenever and beside whatever the slide is predicted.</summary>
    private PredictedPatch[] Drawn(SlideGrid slide)
    {
        var name = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(slide.Name)));
        var random = new SeededRandom(recipe.Seed ^ name);
        return [.. slide.Patches.Select(p => new PredictedPatch(p, random.Unit()))];
    }

    private List<PredictedPatch> Classified(
        FeatureExtractor extractor,
        SlideGrid slide,
        CancellationToken stop,
        Action<int>? progress
    )
    {
        extractor.Store.Training = false;
        using var inference = new Inference();
        var predicted = new List<PredictedPatch>();
        foreach (var window in slide.Read([.. Enumerable.Range(0, slide.Patches.Count).Chunk(SlideVectors.Batch)]))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = new TensorScope();
            var images = extractor.Images(window, recipe.Input.Width);
            foreach (var row in Predictor.Rows(extractor.Scores(extractor.Features(images)).Softmax(1)))
                predicted.Add(new PredictedPatch(slide.Patches[predicted.Count], row[positive]));
            progress?.Invoke(predicted.Count);
        }
        return predicted;
    }
}
