using Coverslip.Slides.Geometry;

namespace Coverslip.Phantoms;

/// <summary>What <see cref="SlidePhantom"/> paints.</summary>
public sealed record SlidePhantomOptions
{
    /// <summary>Pixels of level 0, 256 to 2^20.</summary>
    public int Width { get; init; } = 20_000;

    /// <summary>Pixels of level 0, 256 to 2^20.</summary>
    public int Height { get; init; } = 20_000;

    /// <summary>Share of the slide that is tissue, 0.05 to 0.95.</summary>
    public double Tissue { get; init; } = 0.3;

    /// <summary>Resolution of level 0, 0.1 to 2 µm per pixel: cells have their size in microns.</summary>
    public Mpp Mpp { get; init; } = Mpp.Of(0.25);

    /// <summary>The same seed paints the same pixels.</summary>
    public int Seed { get; init; }

    /// <summary>Pieces of tissue, 1 to 12. Null (default): one where there are lesions to hold, else three.</summary>
    public int? Pieces { get; init; }

    /// <summary>The lesions to paint; none by default.</summary>
    public IReadOnlyList<LesionOrder> Lesions { get; init; } = [];

    /// <summary>The artifacts to paint, each as often as it is named; none by default.</summary>
    public IReadOnlyList<ArtifactKind> Artifacts { get; init; } = [];

    /// <summary>The seed of the patient's stain: slides of one patient share it. Null (default): the slide's.</summary>
    public int? StainSeed { get; init; }

    /// <summary>0 (palest) to 1 (darkest): where the patient's stain lies in the range of the drift.</summary>
    public double StainLevel { get; init; } = 0.5;

    /// <summary>How far stains of patients differ: 0 not at all, 1 as by default, up to 2.</summary>
    public double StainDrift { get; init; } = 1;

    /// <summary>
    /// How hard tumor is to tell from normal tissue. 0 (default): its nuclei are 1.6 times as large as any other. 1: 1.25
    /// times, and every follicle has a germinal center, whose nuclei are as large as the tumor's.
    /// </summary>
    public double Hardness { get; init; }

    /// <summary>
    /// The number of the scanner, 0 to 1000. 0 (default) is the usual one; any other takes colors for one another, has a
    /// white balance, a tone curve and a JPEG quality of its own.
    /// </summary>
    public int Scanner { get; init; }

    internal void Check()
    {
        PatchPhantomOptions.Within(Width, 256, 1 << 20, nameof(Width));
        PatchPhantomOptions.Within(Height, 256, 1 << 20, nameof(Height));
        PatchPhantomOptions.Within(Tissue, 0.05, 0.95, nameof(Tissue));
        PatchPhantomOptions.Within(Mpp.X, 0.1, 2, nameof(Mpp));
        if (Mpp.X != Mpp.Y)
            throw new ArgumentException($"{nameof(Mpp)} is {Mpp}; a phantom's pixels are square");
        PatchPhantomOptions.Within(Pieces ?? 1, 1, 12, nameof(Pieces));
        PatchPhantomOptions.Within(StainLevel, 0, 1, nameof(StainLevel));
        PatchPhantomOptions.Within(StainDrift, 0, 2, nameof(StainDrift));
        PatchPhantomOptions.Within(Hardness, 0, 1, nameof(Hardness));
        PatchPhantomOptions.Within(Scanner, 0, 1000, nameof(Scanner));
        foreach (var lesion in Lesions)
            lesion.Check();
    }
}
