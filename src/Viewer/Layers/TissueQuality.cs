using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Slides.Tissue;

namespace Coverslip.Viewer.Layers;

/// <summary>Tissue, pen, folds, bubbles and blur of a slide, looked for as <c>coverslip tissue</c> does by default.</summary>
/// <param name="Png">Gray: 0 nothing, 1 tissue, 2 pen, 3 fold, 4 bubble, 5 blur.</param>
/// <param name="Columns">Of the picture.</param>
/// <param name="Rows">Of the picture.</param>
/// <param name="Cell">A pixel's width and height in pixels of level 0.</param>
/// <param name="Corner">The first pixel's corner.</param>
/// <param name="Areas">In mm², and the tissue's own.</param>
internal sealed record TissueQuality(
    byte[] Png,
    int Columns,
    int Rows,
    (double X, double Y) Cell,
    (double X, double Y) Corner,
    (double Tissue, ArtifactAreas Artifacts) Areas
)
{
    /// <summary>Looks through a slide; takes seconds on a large one.</summary>
    internal static TissueQuality Of(Slide slide)
    {
        using var map = TissueFinder.Find(slide, new TissueOptions());
        using var marks = map.Marks();
        return new TissueQuality(
            ImageFile.Encode(marks, ".png"),
            marks.Width,
            marks.Height,
            (map.Grid.Pitch.X, map.Grid.Pitch.Y),
            (map.Grid.Scanned.At.X, map.Grid.Scanned.At.Y),
            (map.Area, map.Artifacts)
        );
    }
}
