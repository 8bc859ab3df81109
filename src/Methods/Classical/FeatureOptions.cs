using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.Classical;

/// <summary>How images are described.</summary>
internal sealed record FeatureOptions
{
    /// <summary>
    /// Combinations of features to choose from, each of <see cref="KnownFeatures.Sets"/>; pftas alone by default.
    /// </summary>
    public IReadOnlyList<string> Sets { get; init; } = [Pftas.Word];

    /// <summary>Bins of each channel's histogram, 2 to 256; 16 by default.</summary>
    public int ColorBins { get; init; } = 16;

    /// <summary>Points on the circle of a local binary pattern, 4 to 24; 8 by default.</summary>
    public int LbpPoints { get; init; } = 8;

    /// <summary>Radius of that circle in pixels, 1 to 8; 1 by default.</summary>
    public double LbpRadius { get; init; } = 1;

    internal static FeatureOptions Read(RecipeNode node)
    {
        var standard = new FeatureOptions();
        return new FeatureOptions
        {
            Sets = node.Names(
                "sets",
                standard.Sets,
                KnownFeatures.Sets,
                "Features to choose from, of which joined ones stand side by side",
                "Spanhol et al. 2016"
            ),
            ColorBins = node.Int(
                "color_bins",
                standard.ColorBins,
                (2, 256),
                "Bins of each channel of a color histogram"
            ),
            LbpPoints = node.Int(
                "lbp_points",
                standard.LbpPoints,
                (4, 24),
                "Points on the circle of a local binary pattern",
                "Ojala et al. 2002"
            ),
            LbpRadius = node.Number(
                "lbp_radius",
                standard.LbpRadius,
                (1, 8),
                "Radius of that circle, in pixels",
                "Ojala et al. 2002"
            ),
        };
    }
}
