using Coverslip.Learning.Recipes;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.Bags;

/// <summary>What is kept of a part's test slides.</summary>
internal sealed record BagTestOptions
{
    /// <summary>Whether heatmaps, tiles and detections are written.</summary>
    public bool Heatmaps { get; init; } = true;

    /// <summary>How detections are made; from a low value on, since their curve wants many.</summary>
    public DetectionOptions Detection { get; init; } = new() { Threshold = 0.1 };

    internal static BagTestOptions Read(RecipeNode node)
    {
        var standard = new BagTestOptions();
        return new BagTestOptions
        {
            Heatmaps = node.Flag(
                "heatmaps",
                standard.Heatmaps,
                "Whether test slides get heatmaps, pictures of patches and detections, and a FROC where the cohort's column annotation outlines lesions; of whole slides"
            ),
            Detection = new DetectionOptions
            {
                Threshold = node.Number(
                    "threshold",
                    standard.Detection.Threshold,
                    (0, 1),
                    "Least value of a detection: a patch's attention over the slide's greatest, times the slide's probability"
                ),
                RadiusMicrons = node.Number(
                    "radius_microns",
                    standard.Detection.RadiusMicrons,
                    (0, 1e6),
                    "Microns around a detection in which there is no other"
                ),
            },
        };
    }
}
