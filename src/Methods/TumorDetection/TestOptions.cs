using Coverslip.Learning.Recipes;
using Coverslip.Learning.SlideWalk;

namespace Coverslip.Methods.TumorDetection;

/// <summary>How a run predicts the slides of its test patients.</summary>
public sealed record TestOptions
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
            Stride = node.Int("stride", Math.Min(standard.Stride, side), 16, side),
            Batch = node.Int("batch", standard.Batch, 1, 65_536),
            Orientations = node.Flag("orientations", standard.Orientations),
            Detection = new DetectionOptions
            {
                Threshold = node.Number("threshold", standard.Detection.Threshold, 0, 1),
                RadiusMicrons = node.Number("radius_microns", standard.Detection.RadiusMicrons, 0, 1e6),
                Components = node.Flag("components", standard.Detection.Components),
            },
        };
    }
}
