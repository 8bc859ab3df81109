using Coverslip.Files;

namespace Coverslip.Phantoms;

/// <summary>Nuclei of one size: where they lie and how they look.</summary>
/// <param name="Lattice">Where they are.</param>
/// <param name="Texture">Microns from one clump of chromatin to the next.</param>
/// <param name="Sharpness">
/// Of the border, for a nucleus' size: borders are as soft for it in all kinds, else half-dark pixels would tell kinds by
/// color.
/// </param>
internal readonly record struct NucleusKind(NucleusLattice Lattice, float Texture, float Sharpness)
{
    /// <summary>How far tumor comes towards lymphocytes in the hardest phantoms: its nuclei are 1.25 times as large.</summary>
    public const double Nearest = 0.6;
    private const double LymphocyteRadius = 2.75; // microns
    private const double TumorRadius = 4.5;

    /// <summary>A kind between lymphocytes and tumor; all cover as much of the tissue.</summary>
    /// <param name="share">0: lymphocytes, 1: tumor cells.</param>
    /// <param name="mpp">Microns per pixel.</param>
    /// <param name="random">Of the slide and the kind.</param>
    public static NucleusKind Between(double share, float mpp, SeededRandom random)
    {
        var radius = (float)Part(LymphocyteRadius, TumorRadius);
        return new NucleusKind(
            new NucleusLattice(random.Next(), Part(7.0, 11.6) / mpp, radius / mpp, Part(0.12, 0.30)),
            (float)Part(1.1, 1.7),
            (float)LymphocyteRadius / radius
        );

        // Exact at both ends.
        double Part(double least, double most) => ((1 - share) * least) + (share * most);
    }
}
