using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.Reports;

/// <summary>
/// A slide, large enough to look at, and beside it the same under a map of probabilities with the places that a model names; over
/// both the outline of what is true, beneath a scale bar.
/// </summary>
/// <param name="File">The slide.</param>
/// <param name="Name">What the page calls it.</param>
public sealed record MappedSlide(string File, string Name)
{
    /// <summary>File of a mask over all of the slide, whose pixel stands for a power of two of level 0; null for none.</summary>
    public string? Truth { get; init; }

    /// <summary>The map; null for the slide alone.</summary>
    public Heatmap? Map { get; init; }

    /// <summary>Places that the model names, in pixels of level 0, the most probable first.</summary>
    public IReadOnlyList<MarkedPlace> Places { get; init; } = [];

    /// <summary>Further pictures beneath.</summary>
    public IReadOnlyList<Picture> Further { get; init; } = [];

    /// <summary>What is said of it, line by line.</summary>
    public IReadOnlyList<Words> Caption { get; init; } = [];
}

/// <summary>A place on a slide, in pixels of level 0, and its probability.</summary>
public readonly record struct MarkedPlace(double X, double Y, double Probability);

/// <summary>Slides one below the other, each as wide as the page.</summary>
public sealed record MappedSlides(IReadOnlyList<MappedSlide> All) : ReportBlock;
