using Coverslip.Files;
using Coverslip.Slides.Images;

namespace Coverslip.Phantoms;

/// <summary>What <see cref="PhantomCohort"/> paints.</summary>
public sealed record PhantomCohortOptions
{
    /// <summary>Patients, half of them of either class: even, 2 to 1000.</summary>
    public int Patients { get; init; } = 16;

    /// <summary>The fewest patches of a patient, at least 1.</summary>
    public int LeastPatches { get; init; } = 8;

    /// <summary>The most patches of a patient.</summary>
    public int MostPatches { get; init; } = 20;

    /// <summary>What one cohort differs from another by.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// 0 to 1: how much of a patient's stroma stray nuclei may cover, and that in a pattern which is drawn for each patient
    /// and tells nothing of the class. A model that sees the stroma can learn patients by it; 0 by default.
    /// </summary>
    public double Noise { get; init; }

    /// <summary>
    /// 0 to 1: how far patients of one class differ in the size and density of their nuclei; 0 by default.
    /// </summary>
    public double Diversity { get; init; }

    /// <summary>The patches: size, scale, drift. Pattern and stain are set patient by patient.</summary>
    public PatchPhantomOptions Patch { get; init; } = new();

    internal void Check()
    {
        PatchPhantomOptions.Within(Patients, 2, 1000, nameof(Patients));
        if (Patients % 2 != 0)
            throw new ArgumentException($"{nameof(Patients)} is {Patients}; of each class half needs an even number");
        PatchPhantomOptions.Within(LeastPatches, 1, 10_000, nameof(LeastPatches));
        PatchPhantomOptions.Within(MostPatches, LeastPatches, 10_000, nameof(MostPatches));
        PatchPhantomOptions.Within(Noise, 0, 1, nameof(Noise));
        PatchPhantomOptions.Within(Diversity, 0, 1, nameof(Diversity));
        Patch.Check();
    }
}

/// <summary>One patch of a cohort, not yet painted.</summary>
/// <param name="Name">File name without extension, such as <c>P03-07</c>.</param>
/// <param name="Patient">Such as <c>P03</c>.</param>
/// <param name="Label">The class: <c>sheets</c> or <c>rosettes</c>.</param>
/// <param name="Options">What to paint.</param>
/// <param name="Seed">The seed to paint it with.</param>
public sealed record PhantomCohortPatch(
    string Name,
    string Patient,
    string Label,
    PatchPhantomOptions Options,
    int Seed
);

/// <summary>
/// A cohort of phantoms: patients of two classes, several patches each, a stain of its own for each patient.
/// </summary>
public static class PhantomCohort
{
    /// <summary>The label of a pattern as the cohort's CSV has it.</summary>
    public static string LabelOf(TumorPattern pattern) => pattern == TumorPattern.Sheets ? "sheets" : "rosettes";

    /// <summary>
    /// Every patch in order. Stains of either class are spread evenly over the range of the drift, so that darkness
    /// tells nothing of
    /// the class; which patient has which class, stain and number of patches is drawn.
    /// </summary>
    /// <exception cref="ArgumentException">An option out of its range.</exception>
    public static IReadOnlyList<PhantomCohortPatch> Describe(PhantomCohortOptions options)
    {
        options.Check();
        var random = SeededRandom.For(options.Seed, 100);
        var half = options.Patients / 2;
        var drawn = new (TumorPattern Pattern, double Level)[options.Patients];
        for (var i = 0; i < drawn.Length; i++)
        {
            var pattern = i < half ? TumorPattern.Sheets : TumorPattern.Rosettes;
            drawn[i] = (pattern, ((i % half) + random.Unit()) / half);
        }
        random.Shuffle(drawn);

        var patches = new List<PhantomCohortPatch>();
        for (var p = 0; p < drawn.Length; p++)
        {
            var patient = $"P{p + 1:00}";
            var patch = options.Patch with
            {
                Pattern = drawn[p].Pattern,
                StainLevel = drawn[p].Level,
                StainSeed = (int)(random.Next() >> 33),
            };
            if (options.Noise > 0 || options.Diversity > 0)
                patch = Varied(patch, options, SeededRandom.For(options.Seed, 101, p));
            var count = options.LeastPatches + random.Below(options.MostPatches - options.LeastPatches + 1);
            for (var i = 0; i < count; i++)
            {
                var seed = (int)(random.Next() >> 33);
                patches.Add(
                    new PhantomCohortPatch($"{patient}-{i + 1:00}", patient, LabelOf(patch.Pattern), patch, seed)
                );
            }
        }
        return patches;
    }

    private static PatchPhantomOptions Varied(
        PatchPhantomOptions patch,
        PhantomCohortOptions options,
        SeededRandom random
    )
    {
        var (size, density) = (random.Between(-1, 1), random.Between(-1, 1));
        return patch with
        {
            // Cells of up to 1.3 times the size, or as much smaller; Exp would differ between machines in its last bit.
            NucleusRadius = Math.Clamp(
                patch.NucleusRadius
                    * (size > 0 ? 1 + (0.3 * options.Diversity * size) : 1 / (1 - (0.3 * options.Diversity * size))),
                2,
                12
            ),
            CoverShift = (density > 0 ? 0.06 : 0.1) * options.Diversity * density,
            StrayCover = options.Noise * random.Between(0, 0.35),
            StrayPattern = random.Unit() < 0.5 ? TumorPattern.Sheets : TumorPattern.Rosettes,
        };
    }

    /// <summary>
    /// Paints the cohort: <c>images/*.png</c>, <c>masks/*.png</c> (255 tumor), and <c>cohort.csv</c>
    /// (<c>image,label,patient,mask</c>, paths relative to it), which is written last.
    /// </summary>
    /// <param name="folder">Made where it is missing; files of the same names are replaced.</param>
    /// <param name="options">What to paint.</param>
    /// <param name="progress">Told how many patches are painted.</param>
    /// <returns>The path of <c>cohort.csv</c>.</returns>
    public static string Write(string folder, PhantomCohortOptions options, IProgress<int>? progress = null)
    {
        var rows = new List<string[]>();
        using var together = FilesTogether.Begin();
        foreach (var patch in Describe(options))
        {
            var (image, mask) = ($"images/{patch.Name}.png", $"masks/{patch.Name}.png");
            using var phantom = PatchPhantom.Paint(patch.Options, patch.Seed);
            using var truth = Image.From(phantom.Mask, phantom.Image.Width, phantom.Image.Height, channels: 1);
            ImageFile.Write(Path.Combine(folder, image), phantom.Image);
            ImageFile.Write(Path.Combine(folder, mask), truth);
            rows.Add([image, patch.Label, patch.Patient, mask]);
            progress?.Report(rows.Count);
        }
        FilesTogether.Settle();
        var path = Path.Combine(folder, "cohort.csv");
        CsvTable.Write(path, ["image", "label", "patient", "mask"], rows);
        return path;
    }
}
