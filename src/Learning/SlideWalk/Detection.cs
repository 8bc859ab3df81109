using Coverslip.Learning.Runs;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.SlideWalk;

/// <summary>A place on a slide where a heatmap is above the threshold.</summary>
/// <param name="Probability">The heatmap there.</param>
/// <param name="X">Pixels of level 0: the middle of the cell.</param>
/// <param name="Y">Pixels of level 0.</param>
/// <param name="Component">The connected component it is the greatest cell of; null where maxima are repeated.</param>
internal sealed record Detection(double Probability, double X, double Y, DetectedComponent? Component);

/// <summary>Cells above the threshold that touch, corners included.</summary>
/// <param name="Area">Square microns.</param>
/// <param name="MeanProbability">Over its cells.</param>
/// <param name="Outline">In pixels of level 0; several polygons where cells touch at a corner only.</param>
internal sealed record DetectedComponent(double Area, double MeanProbability, IReadOnlyList<RingPolygon> Outline);

/// <summary>How detections are made of a heatmap.</summary>
public sealed record DetectionOptions
{
    /// <summary>Cells above it are detected, 0 to 1; by default 0.5.</summary>
    public double Threshold { get; init; } = 0.5;

    /// <summary>
    /// Microns around a maximum within which no second one is reported, at least 0; by default 200: up to 0.2 mm a
    /// group of cells counts as isolated tumor cells and not as a metastasis of its own.
    /// </summary>
    public double RadiusMicrons { get; init; } = 200;

    /// <summary>The same in cells of the heatmap, instead of <see cref="RadiusMicrons"/>; null by default.</summary>
    public double? RadiusCells { get; init; }

    /// <summary>One detection per connected component, instead of repeated maxima; by default not.</summary>
    public bool Components { get; init; }

    /// <summary>What a call asks for, and the defaults where it does not.</summary>
    /// <param name="asked">What the call asks for.</param>
    /// <param name="usual">What the run's recipe says; null, the default, where it says nothing of detections.</param>
    public static DetectionOptions Of(PredictionRequest asked, DetectionOptions? usual = null)
    {
        usual ??= new DetectionOptions();
        return new DetectionOptions
        {
            Threshold = asked.Threshold ?? usual.Threshold,
            RadiusMicrons = asked.RadiusMicrons ?? usual.RadiusMicrons,
            RadiusCells = asked.RadiusMicrons is null ? usual.RadiusCells : null,
            Components = asked.Components || (usual.Components && asked.RadiusMicrons is null),
        };
    }

    /// <exception cref="ArgumentException">A value out of its range.</exception>
    public void Check()
    {
        if (Threshold is not (>= 0 and <= 1))
            throw new ArgumentException($"the threshold is {Threshold}; it goes from 0 to 1");
        if (!double.IsFinite(RadiusMicrons) || RadiusMicrons < 0)
            throw new ArgumentException($"the radius is {RadiusMicrons} microns; it is a number from 0");
        if (RadiusCells is { } cells && !(double.IsFinite(cells) && cells >= 0))
            throw new ArgumentException($"the radius is {RadiusCells} cells; it is a number from 0");
    }
}
