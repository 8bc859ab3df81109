using Coverslip.Files;
using Coverslip.Learning.Loop;
using Coverslip.Slides.Formats;
using Coverslip.Torch.Checkpoints;

namespace Coverslip.Methods.MultiStage;

/// <summary>
/// What stands on the maps of a slide: the extractor's features of its patches, or, where the segmentation model works
/// alone, their pixels at the reduced resolution. Computed once per slide and kept in a folder.
/// </summary>
/// <param name="recipe">The recipe.</param>
/// <param name="extractor">Null where the segmentation model works alone.</param>
internal sealed class SlideVectors(MultiStageRecipe recipe, FeatureExtractor? extractor)
{
    /// <summary>Patches at a time.</summary>
    internal const int Batch = 32;

    /// <summary>The vectors of a slide.</summary>
    /// <exception cref="InvalidOperationException">See <see cref="SlideFeatures.Compute"/>.</exception>
    internal SlideFeatures Of(ISlidePatches slide, Action<int>? progress = null, CancellationToken stop = default) =>
        extractor is null
            ? ReducedImage.Of(slide, (recipe.Cell, Batch), progress, stop)
            : SlideFeatures.Compute(extractor, slide, (recipe.Input.Width, Batch), progress, stop);

    /// <summary>The vectors of several slides; those whose file stands in the folder are not computed again.</summary>
    /// <exception cref="InvalidDataException">A file was made of other weights, patches or stains.</exception>
    internal IReadOnlyList<SlideFeatures> OfAll(
        (string Folder, string Made) store,
        IReadOnlyList<SlideGrid> slides,
        ITrainingProgress progress,
        CancellationToken stop
    )
    {
        var (done, all) = (0, slides.Sum(g => g.Patches.Count));
        var found = new List<SlideFeatures>();
        foreach (var slide in SlideFeatures.OfAll(store.Folder, Made, slides, Compute))
        {
            found.Add(slide);
            done += slide.Patches.Count;
            progress.Described(done, all);
        }
        return found;

        string Made(SlideGrid slide) => $"{store.Made}\n{new Fingerprint().AddSlide(slide.Source.Slide)}";

        SlideFeatures Compute(SlideGrid slide) => Of(slide, n => progress.Described(done + n, all), stop);
    }

    /// <summary>Tells vectors of other weights, patches or stains from these.</summary>
    internal Fingerprint Made(StageContents contents) =>
        extractor is null
            ? contents.Patches("pixels")
            : contents.Patches($"weights {Hash(extractor)}, scaled as published {extractor.Options.ScalesAsPublished}");

    private static string Hash(FeatureExtractor extractor) =>
        SafeTensors.Hash(extractor.OfFeatures.Select((value, i) => ($"{i}", value)));
}
