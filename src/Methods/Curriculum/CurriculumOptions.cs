using Coverslip.Learning.Loop;
using Coverslip.Learning.Recipes;

namespace Coverslip.Methods.Curriculum;

/// <summary>How an image's gray levels are standardized by its own.</summary>
internal enum SampleStandardization
{
    /// <summary>As they are, in [0, 1].</summary>
    None,

    /// <summary>Minus the image's mean (Park et al. 2019).</summary>
    Mean,

    /// <summary>Minus the image's mean, over its deviation; one below 5 of 255 gray levels counts as 5.</summary>
    MeanDeviation,
}

/// <summary>When patches are shown.</summary>
internal enum PatchOrder
{
    /// <summary>Before whole images, which makes it a curriculum.</summary>
    First,

    /// <summary>Among whole images from the first epoch on, in as many steps: the same boxes without the order.</summary>
    Mixed,

    /// <summary>Never: whole images take their steps, too.</summary>
    None,
}

/// <summary>Where patches without a lesion are taken from.</summary>
internal enum HealthyPlace
{
    /// <summary>Their middle lies in a lung, as lesions do, where the lungs are found; else anywhere.</summary>
    Lungs,

    /// <summary>Anywhere in the image.</summary>
    Anywhere,
}

/// <summary>The first step: patches with and without lesions (Park et al. 2019, fig. "patch generation").</summary>
internal sealed record LesionPatchOptions
{
    /// <summary>The cohort's boxes file, relative to the cohort's folder; <c>boxes.csv</c> by default.</summary>
    public string Boxes { get; init; } = "boxes.csv";

    /// <summary>Side in pixels of the square that the network sees; 256 by default.</summary>
    public int Side { get; init; } = 256;

    /// <summary>
    /// How many times larger lesions are in a patch than in the whole image of the second step; 1 by default: what is
    /// learned keeps its size.
    /// </summary>
    public double Scale { get; init; } = 1;

    /// <summary>Patches cut around each lesion; 4 by default.</summary>
    public int PerLesion { get; init; } = 4;

    /// <summary>Share of patches that show no lesion; 0.5 by default.</summary>
    public double Healthy { get; init; } = 0.5;

    /// <summary>lungs (default) or anywhere.</summary>
    public HealthyPlace HealthyInside { get; init; }

    /// <summary>Farthest that a lesion's center is moved from the patch's, as a share of the side; 0.25 by default.</summary>
    public double Jitter { get; init; } = 0.25;

    /// <summary>
    /// A patch shows a finding from this share of the lesion on, or of the patch where the lesion is the larger of both;
    /// 0.25 by default. Patches that hold less than that of a lesion, but some of it, are not used as healthy ones.
    /// </summary>
    public double Coverage { get; init; } = 0.25;

    /// <summary>first (default), mixed or none.</summary>
    public PatchOrder Order { get; init; }

    /// <summary>How the first step trains; 0 epochs leave it out, which is the baseline.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Whether patches are cut, or at least counted.</summary>
    public bool Used => Training.Epochs > 0;

    /// <summary>Whether there is a step on patches before the one on whole images.</summary>
    public bool First => Used && Order == PatchOrder.First;

    internal static LesionPatchOptions Read(RecipeNode node, TrainingOptions standard)
    {
        var own = new LesionPatchOptions();
        var epochs = node.Int(
            "epochs",
            standard.Epochs,
            (0, 1_000_000),
            "Epochs of the first step, on patches; as training by default, 0 leaves the step out",
            "Park et al. 2019"
        );
        return new LesionPatchOptions
        {
            Boxes = node.Text("boxes", own.Boxes, "The cohort's file of boxes, relative to the cohort's folder"),
            Side = node.Int("side", own.Side, (16, 4096), "Pixels to a side of a patch"),
            Scale = node.Number(
                "scale",
                own.Scale,
                (0.1, 10),
                "How many times larger lesions are in a patch than in the whole image"
            ),
            PerLesion = node.Int("per_lesion", own.PerLesion, (1, 1000), "Patches cut around each lesion"),
            Healthy = node.Number("healthy", own.Healthy, (0, 0.95), "Share of patches that show no lesion"),
            HealthyInside = node.Word(
                "healthy_inside",
                own.HealthyInside,
                "Where patches without a lesion are taken from: with the middle in a lung, in images whose lungs are found by their darkness (lungs), or anywhere, which may teach to tell lung from the rest"
            ),
            Jitter = node.Number(
                "jitter",
                own.Jitter,
                (0, 0.5),
                "Farthest that a lesion's center lies from the patch's, as a share of the side"
            ),
            Coverage = node.Number(
                "coverage",
                own.Coverage,
                (0.01, 1),
                "Share of a lesion, or of the patch if that is smaller, from which on a patch shows it"
            ),
            Order = node.Word(
                "order",
                own.Order,
                "Patches before whole images (first), among them in as many steps (mixed), or never, whole images taking their steps (none); the latter two train by the training section's rate and patience alone"
            ),
            Training = standard with
            {
                Epochs = epochs,
                Batch = node.Int("batch", standard.Batch, (1, 65_536), "Patches per step; as training by default"),
                Rate = node.Number(
                    "rate",
                    standard.Rate,
                    (0, 100),
                    "First learning rate on patches; as training by default"
                ),
                Patience = node.Int(
                    "patience",
                    standard.Patience,
                    (0, 1_000_000),
                    "Epochs without improvement after which the first step stops; as training by default, 0: never"
                ),
            },
        };
    }
}
