using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.MultiStage;

/// <summary>The maps that a slide's patches are laid out on.</summary>
internal sealed record FeatureMapOptions
{
    /// <summary>Cells to a side of a map; 32 by default, as published for biopsies (512 for CAMELYON).</summary>
    public int Side { get; init; } = 32;

    /// <summary>
    /// Whether each lump of tissue gets a map of its own, as published for biopsies; true by default. A lump is a
    /// connected piece of the grid of patches.
    /// </summary>
    public bool PerLump { get; init; } = true;

    /// <summary>Whether patches that touch at a corner belong to one lump; true by default.</summary>
    public bool Diagonal { get; init; } = true;

    /// <summary>
    /// Whether maps become larger where tissue would protrude, to the next multiple of 16; false by default: what
    /// protrudes is left out, and its share is told.
    /// </summary>
    public bool Grow { get; init; }

    /// <summary>
    /// From one cell to the next, in patches: 1 (default, as published), or 0.5, where the patches of neighboring cells
    /// overlap by half and a slide has four times as many.
    /// </summary>
    public double Stride { get; init; } = 1;

    /// <summary>Cells to a side of a patch.</summary>
    internal int Steps => (int)Math.Round(1 / Stride);

    internal static FeatureMapOptions Read(RecipeNode node)
    {
        var standard = new FeatureMapOptions();
        var read = new FeatureMapOptions
        {
            Side = node.Int("side", standard.Side, (2, 4096), "Cells to a side of a map", "Takahama et al. 2019"),
            PerLump = node.Flag(
                "per_lump",
                standard.PerLump,
                "Whether each connected lump of tissue is a map of its own",
                "Takahama et al. 2019"
            ),
            Diagonal = node.Flag("diagonal", standard.Diagonal, "Whether patches that touch at a corner are connected"),
            Grow = node.Flag(
                "grow",
                standard.Grow,
                "Whether maps become larger where tissue would protrude, to the next multiple of 16; otherwise what protrudes is left out"
            ),
            Stride = node.Number(
                "stride",
                standard.Stride,
                (0.5, 1),
                "From one cell of a map to the next, in patches: 1, or 0.5 for maps twice as fine of four times as many patches, which need twice the side"
            ),
        };
        return read.Stride is 1 or 0.5
            ? read
            : throw node.Wrong(
                "stride",
                FormattableString.Invariant($"{read.Stride}"),
                "figures are of whole patches side by side; expected is 1 or 0.5"
            );
    }
}
