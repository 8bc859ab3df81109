using Coverslip.Learning.Recipes;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.TumorDetection;

/// <summary>How a run predicts the slides of its test patients.</summary>
internal sealed record TestOptions
{
    /// <summary>Pixels from one window to the next; 128 by default, as published.</summary>
    public int Stride { get; init; } = 128;

    /// <summary>Windows at a time; 16 by default.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>Whether the eight orientations are averaged; true by default.</summary>
    public bool Orientations { get; init; } = true;

    /// <summary>How detections are made.</summary>
    public DetectionOptions Detection { get; init; } = new();

    internal static TestOptions Read(RecipeNode node, int side)
    {
        var standard = new TestOptions();
        return new TestOptions
        {
            Stride = node.Int(
                "stride",
                Math.Min(standard.Stride, side),
                (16, side),
                "Pixels from window to window on test slides, at most the window",
                "Liu et al. 2017, sec. 3"
            ),
            Batch = node.Int("batch", standard.Batch, (1, 65_536), "Windows of test slides at a time"),
            Orientations = node.Flag(
                "orientations",
                standard.Orientations,
                "Whether the eight orientations of a window are averaged",
                "Liu et al. 2017, sec. 3"
            ),
            Detection = new DetectionOptions
            {
                Threshold = node.Number(
                    "threshold",
                    standard.Detection.Threshold,
                    (0, 1),
                    "Least probability of a detection",
                    "Liu et al. 2017, sec. 3"
                ),
                RadiusMicrons = node.Number(
                    "radius_microns",
                    standard.Detection.RadiusMicrons,
                    (0, 1e6),
                    "Microns around a detection in which there is no other",
                    "Liu et al. 2017, sec. 3"
                ),
                RadiusCells = node.Number(
                    "radius_cells",
                    0,
                    (0, 1e6),
                    "The same in cells of test.stride, as the paper counts; 0: radius_microns counts",
                    "Liu et al. 2017, sec. 3"
                )
                    is > 0
                        and var cells
                    ? cells
                    : null,
                Components = node.Flag(
                    "components",
                    standard.Detection.Components,
                    "Whether connected tumor is one detection, instead of maxima with their surroundings"
                ),
            },
        };
    }
}
