using Coverslip.Slides.Geometry;

namespace Coverslip.Phantoms;

/// <summary>What goes wrong between the microtome and the scanner; none of it is annotated.</summary>
public enum ArtifactKind
{
    /// <summary>A felt-tip line on the glass.</summary>
    Pen = 0,

    /// <summary>A crease in the section: twice the dye.</summary>
    Fold = 1,

    /// <summary>Air beneath the coverslip: a dark ring around paler tissue.</summary>
    Bubble = 2,

    /// <summary>A round area out of focus.</summary>
    Blur = 3,
}

/// <summary>One artifact: a line with a width, or a disc, in pixels of level 0.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Line">Corners of the line; of a disc its center alone.</param>
/// <param name="Radius">Half the line's width, or the disc's radius, pixels.</param>
/// <param name="Ink">Of a pen: blue, green or black; else 0.</param>
internal sealed record SlideArtifact(ArtifactKind Kind, IReadOnlyList<Vertex> Line, double Radius, int Ink)
{
    /// <summary>Whether it may show in a window: no false for one that it touches.</summary>
    public bool Touches(int left, int top, int width, int height, double margin)
    {
        var half = Math.Sqrt(((double)width * width) + ((double)height * height)) / 2;
        return Distance(left + (width / 2.0), top + (height / 2.0)) * Radius < (1.3 * Radius) + half + margin;
    }

    /// <summary>The distance of a pixel from the line or center, in radii.</summary>
    public double Distance(double x, double y)
    {
        var least = double.MaxValue;
        for (var i = 0; i < Math.Max(1, Line.Count - 1); i++)
        {
            var (a, b) = (Line[i], Line[Math.Min(i + 1, Line.Count - 1)]);
            var (dx, dy) = (b.X - a.X, b.Y - a.Y);
            var length = (dx * dx) + (dy * dy);
            var part = length == 0 ? 0 : Math.Clamp((((x - a.X) * dx) + ((y - a.Y) * dy)) / length, 0, 1);
            var (ox, oy) = (x - a.X - (part * dx), y - a.Y - (part * dy));
            least = Math.Min(least, (ox * ox) + (oy * oy));
        }
        return Math.Sqrt(least) / Radius;
    }
}
