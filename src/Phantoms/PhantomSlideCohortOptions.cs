using Coverslip.Slides.Geometry;

namespace Coverslip.Phantoms;

/// <summary>What <see cref="PhantomSlideCohort"/> paints.</summary>
public sealed record PhantomSlideCohortOptions
{
    /// <summary>Patients, 2 to 1000.</summary>
    public int Patients { get; init; } = 12;

    /// <summary>Slides of each patient, 1 to 100; five as in CAMELYON17 give a patient a stage.</summary>
    public int SlidesPerPatient { get; init; } = 1;

    /// <summary>Pixels of either side of a slide, 256 to 2^20.</summary>
    public int Side { get; init; } = 4096;

    /// <summary>Resolution of level 0, 0.1 to 2 µm per pixel.</summary>
    public Mpp Mpp { get; init; } = Mpp.Of(0.25);

    /// <summary>Share of slides with tumor, 0 to 1; the nearest whole number of slides.</summary>
    public double Tumor { get; init; } = 0.5;

    /// <summary>
    /// What the slides with tumor are, by their largest lesion, in turn. Null (default): of macro, micro, micro, itc
    /// those for which slides of this size have room.
    /// </summary>
    public IReadOnlyList<LesionClass>? Classes { get; init; }

    /// <summary>Share of a slide that is tissue, 0.05 to 0.95.</summary>
    public double Tissue { get; init; } = 0.45;

    /// <summary>Whether slides have artifacts: each kind on every third slide, drawn without regard to tumor.</summary>
    public bool Artifacts { get; init; } = true;

    /// <summary>How far stains of patients differ: 0 not at all, 1 as by default, up to 2.</summary>
    public double StainDrift { get; init; } = 1;

    /// <summary>How hard tumor is to tell from normal tissue, 0 to 1: <see cref="SlidePhantomOptions.Hardness"/>.</summary>
    public double Hardness { get; init; }

    /// <summary>The number of the scanner, 0 to 1000: <see cref="SlidePhantomOptions.Scanner"/>.</summary>
    public int Scanner { get; init; }

    /// <summary>What one cohort differs from another by.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The shorter side that a slide needs for a lesion of the class to find room, in microns.</summary>
    public static double RoomFor(LesionClass kind) => 1.8 * LesionOrder.Range(kind).Least;

    /// <summary>
    /// The level of the truth masks: the coarsest whose pixels are at most 8 µm wide; 5 at 0.25 µm per pixel, as in
    /// CAMELYON16.
    /// </summary>
    public int MaskLevel => Math.Max(0, int.Log2((int)(8 / Mpp.X)));

    /// <summary>The classes of slides with tumor, <see cref="Classes"/> or those that fit.</summary>
    public IReadOnlyList<LesionClass> ClassesInTurn =>
        Classes
        ??
        [
            .. new[] { LesionClass.Macro, LesionClass.Micro, LesionClass.Micro, LesionClass.Itc }.Where(kind =>
                Side * Mpp.X >= RoomFor(kind)
            ),
        ];

    internal void Check()
    {
        PatchPhantomOptions.Within(Patients, 2, 1000, nameof(Patients));
        PatchPhantomOptions.Within(SlidesPerPatient, 1, 100, nameof(SlidesPerPatient));
        PatchPhantomOptions.Within(Tumor, 0, 1, nameof(Tumor));
        new SlidePhantomOptions
        {
            Width = Side,
            Height = Side,
            Mpp = Mpp,
            Tissue = Tissue,
            StainDrift = StainDrift,
            Hardness = Hardness,
            Scanner = Scanner,
        }.Check();
        var side = Side * Mpp.X;
        foreach (var kind in ClassesInTurn.Where(kind => side < RoomFor(kind)))
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"slides of {Side} pixels at {Mpp} are {side / 1000:0.00} mm wide; one with a lesion of class "
                )
                    + FormattableString.Invariant(
                        $"{LesionOrder.Name(kind)} needs {RoomFor(kind) / 1000:0.00} mm: a side of {Math.Ceiling(RoomFor(kind) / Mpp.X)} pixels, or coarser pixels"
                    )
            );
        if (Tumor > 0 && ClassesInTurn.Count == 0)
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"slides of {Side} pixels at {Mpp} have no room for any lesion: a longer side, or coarser pixels"
                )
            );
    }
}
