using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Heatmaps;

/// <summary>Where a slide has tissue, as far as a heatmap wants to know.</summary>
public interface ITissue
{
    /// <summary>The rule in words with its figures; another rule makes another heatmap.</summary>
    string Rule { get; }

    /// <summary>Whether there is any tissue in a rectangle of level 0.</summary>
    bool Any(SlideRectangle rectangle);
}
