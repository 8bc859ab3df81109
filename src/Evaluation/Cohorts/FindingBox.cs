namespace Coverslip.Evaluation.Cohorts;

/// <summary>Where an image shows a finding, in pixels of the image as it is stored.</summary>
/// <param name="Row">Row of the boxes file; the header is row 1.</param>
/// <param name="Image">Path as in the cohort.</param>
/// <param name="Label">The finding.</param>
/// <param name="Area">The box, or the box around the outline.</param>
public sealed record FindingBox(int Row, string Image, string Label, BoxArea Area)
{
    /// <summary>Corners of the finding's outline; null where only a box was drawn.</summary>
    public IReadOnlyList<(double X, double Y)>? Outline { get; init; }
}

/// <summary>A box: its upper left corner and its size, in pixels.</summary>
public readonly record struct BoxArea(double X, double Y, double Width, double Height)
{
    public double Area => Width * Height;

    public double Right => X + Width;

    public double Bottom => Y + Height;

    /// <summary>Whether a point lies in it; its lower and right edges do not belong to it.</summary>
    public bool Holds(double x, double y) => x >= X && x < Right && y >= Y && y < Bottom;

    /// <summary>Area that two boxes share.</summary>
    public double Shared(BoxArea other) =>
        Math.Max(0, Math.Min(Right, other.Right) - Math.Max(X, other.X))
        * Math.Max(0, Math.Min(Bottom, other.Bottom) - Math.Max(Y, other.Y));

    /// <summary>Intersection over union.</summary>
    public double Overlap(BoxArea other)
    {
        var shared = Shared(other);
        return shared == 0 ? 0 : shared / (Area + other.Area - shared);
    }

    /// <summary>The smallest box that holds all points.</summary>
    internal static BoxArea Around(IReadOnlyList<(double X, double Y)> points)
    {
        var (left, top) = (points.Min(p => p.X), points.Min(p => p.Y));
        return new(left, top, points.Max(p => p.X) - left, points.Max(p => p.Y) - top);
    }
}
