using Coverslip.Learning.Recipes;
using Coverslip.Learning.StoredFeatures;

namespace Coverslip.Methods.Bags;

/// <summary>Where instances come from.</summary>
internal sealed record BagFeatureOptions
{
    /// <summary>The encoder, or where its features are stored.</summary>
    public EncoderSettings Encoder { get; init; } = new();

    /// <summary>Of slides: microns per pixel of patches.</summary>
    public double Mpp { get; init; } = 0.5;

    /// <summary>Of slides: least share of a patch that is tissue.</summary>
    public double MinTissue { get; init; } = 0.1;

    internal static BagFeatureOptions Read(RecipeNode node)
    {
        var standard = new BagFeatureOptions();
        return new BagFeatureOptions
        {
            Encoder = EncoderSettings.Read(
                node,
                "Of slides a folder that holds NAME.h5 (TRIDENT, CLAM, STAMP) or NAME.npz of each, of images the file of 'coverslip features', relative to the current folder; empty: features are computed when training begins, and of slides kept in the run",
                trivial: true
            ),
            Mpp = node.Number(
                "mpp",
                standard.Mpp,
                (0.05, 20),
                "Slides whose features are computed: microns per pixel of patches, of input.width pixels to a side"
            ),
            MinTissue = node.Number(
                "min_tissue",
                standard.MinTissue,
                (0, 1),
                "Slides whose features are computed: least share of a patch that is tissue"
            ),
        };
    }
}
