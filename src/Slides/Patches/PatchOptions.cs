using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Patches;

/// <summary>How a patch gets its label.</summary>
public enum PatchRule
{
    /// <summary>It gets none.</summary>
    None = 0,

    /// <summary>
    /// Liu et al. 2017 (arXiv 1703.02442), sec. 3: tumor if a pixel of the center 128 × 128 is, else normal.
    /// </summary>
    Liu = 1,

    /// <summary>
    /// Takahama et al. 2019, sec. 4.1: tumor if at least 20 % of the pixels are, normal if at least 80 % are annotated
    /// as normal, else no label; at least 80 % of a patch is tissue.
    /// </summary>
    Takahama = 2,
}

/// <summary>What becomes of patches that reach beyond the scanned part of the slide.</summary>
public enum PatchBorder
{
    /// <summary>They are left out.</summary>
    Inside = 0,

    /// <summary>The last of each row and column is moved back until it ends at the border.</summary>
    Shift = 1,

    /// <summary>They are kept; what lies beyond is white.</summary>
    Pad = 2,
}

/// <summary>Which patches are taken from a slide.</summary>
public sealed record PatchOptions
{
    /// <summary>Resolution of the patches, in microns per pixel.</summary>
    public double Mpp { get; init; } = 0.5;

    /// <summary>Pixels to a side of a patch, 8 to 32768.</summary>
    public int Side { get; init; } = 256;

    /// <summary>Part of a patch's side that the next one of the grid covers again, 0 to 0.95.</summary>
    public double Overlap { get; init; }

    public PatchBorder Border { get; init; }

    public PatchRule Rule { get; init; }

    /// <summary>Least part of a patch that is tissue, 0 to 1; 0 asks for no tissue. Null is the rule's own.</summary>
    public double? MinTissue { get; init; }

    /// <summary>Patches to draw at random from each slide instead of a grid.</summary>
    public int? Random { get; init; }

    /// <summary>The same seed draws the same patches of a slide, whatever other slides there are.</summary>
    public int Seed { get; init; }

    /// <summary>Whether patches that a rule gives no label are kept.</summary>
    public bool KeepUnlabeled { get; init; }

    /// <summary>Pixels to a side of the center that <see cref="PatchRule.Liu"/> looks at; 128 as published.</summary>
    public int Center { get; init; } = 128;

    /// <summary>Takahama: 0.8. Others: 0.1, so that hardly anything but glass is left out.</summary>
    public double TissueNeeded => MinTissue ?? (Rule == PatchRule.Takahama ? 0.8 : 0.1);

    /// <exception cref="ArgumentException">A value out of its range.</exception>
    public void Check()
    {
        Within(Mpp, Geometry.Mpp.Least, Geometry.Mpp.Most, nameof(Mpp));
        Within(Center, 1, 32_768, nameof(Center));
        var rule = Rule == PatchRule.Liu ? $" with the rule liu, which looks at the patch's center of {Center}" : "";
        Within(Side, Rule == PatchRule.Liu ? Math.Max(Center, 8) : 8, 32_768, nameof(Side), rule);
        Within(Overlap, 0, 0.95, nameof(Overlap));
        Within(TissueNeeded, 0, 1, nameof(MinTissue));
        Within(Random ?? 1, 1, 100_000_000, nameof(Random));
    }

    private static void Within(double value, double least, double most, string name, string why = "")
    {
        if (!(value >= least && value <= most))
            throw new ArgumentException(
                FormattableString.Invariant($"{name} is {value}; it goes from {least} to {most}{why}")
            );
    }
}

/// <summary>What is known of a slide's areas, in pixels of level 0.</summary>
public sealed record PatchAreas
{
    /// <summary>Null where no tissue is asked for.</summary>
    public PolygonRegion? Tissue { get; init; }

    public PolygonRegion Tumor { get; init; } = PolygonRegion.Of([]);

    public PolygonRegion Normal { get; init; } = PolygonRegion.Of([]);

    /// <summary>Taken out by whoever annotated it; no part of the others.</summary>
    public PolygonRegion Ignored { get; init; } = PolygonRegion.Of([]);

    /// <summary>Whether the slide has tumor of which nobody says where: <see cref="Tumor"/> is empty and means nothing.</summary>
    public bool TumorUnknown { get; init; }

    /// <summary>The areas of a slide's annotations, its tissue left open.</summary>
    public static PatchAreas Of(SlideAnnotations drawn) =>
        new()
        {
            Tumor = drawn.Tumor,
            Normal = drawn.Normal,
            Ignored = drawn.Ignored,
        };

    /// <summary>The same with tissue, without what is ignored.</summary>
    public PatchAreas On(PolygonRegion tissue) => this with { Tissue = tissue.Without(Ignored) };
}
