namespace Coverslip.Phantoms;

/// <summary>
/// How the nuclei of a painted tumor lie. Number, size and color of the nuclei are drawn alike for both, and so is
/// everything around the tumor: only the arrangement tells the classes apart.
/// </summary>
public enum TumorPattern
{
    /// <summary>Nuclei spread evenly.</summary>
    Sheets = 0,

    /// <summary>Nuclei in rings, pointing at a core of fibres without nuclei.</summary>
    Rosettes = 1,
}

/// <summary>What <see cref="PatchPhantom.Paint"/> paints.</summary>
public sealed record PatchPhantomOptions
{
    /// <summary>The tumor's class.</summary>
    public TumorPattern Pattern { get; init; }

    /// <summary>Pixels to a side, 48 to 4096.</summary>
    public int Size { get; init; } = 160;

    /// <summary>Mean radius of a nucleus in pixels, 2 to 12; everything else scales with it.</summary>
    public double NucleusRadius { get; init; } = 3.2;

    /// <summary>The seed of the patient's stain: patches of one patient share it.</summary>
    public int StainSeed { get; init; }

    /// <summary>0 (palest) to 1 (darkest): where the patient's stain lies in the range of the drift.</summary>
    public double StainLevel { get; init; } = 0.5;

    /// <summary>How far stains of patients differ: 0 not at all, 1 as by default, up to 2.</summary>
    public double StainDrift { get; init; } = 1;

    /// <summary>The least share of the patch that is tumor, in [0.1, 0.9].</summary>
    public double LeastTumor { get; init; } = 0.40;

    /// <summary>The largest share of the patch that is tumor before cavities are cut out, in [0.1, 0.9].</summary>
    public double MostTumor { get; init; } = 0.65;

    /// <summary>
    /// How much denser (or, below 0, sparser) nuclei lie than usual, as a share of the tumor: -0.15 to 0.1.
    /// </summary>
    public double CoverShift { get; init; }

    /// <summary>
    /// Share of the stroma that stray nuclei cover, 0 to 0.4: inflammation, which looks like tumor and is none.
    /// </summary>
    public double StrayCover { get; init; }

    /// <summary>How stray nuclei lie; it has nothing to do with the tumor's class.</summary>
    public TumorPattern StrayPattern { get; init; }

    internal void Check()
    {
        Within(CoverShift, -0.15, 0.1, nameof(CoverShift));
        Within(StrayCover, 0, 0.4, nameof(StrayCover));
        Within(Size, 48, 4096, nameof(Size));
        Within(NucleusRadius, 2, 12, nameof(NucleusRadius));
        Within(StainLevel, 0, 1, nameof(StainLevel));
        Within(StainDrift, 0, 2, nameof(StainDrift));
        Within(LeastTumor, 0.1, 0.9, nameof(LeastTumor));
        Within(MostTumor, LeastTumor, 0.9, nameof(MostTumor));
    }

    internal static void Within(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
            throw new ArgumentException($"{name} is {value}; it goes from {least} to {most}");
    }
}
