using Coverslip.Evaluation.Cohorts;

namespace Coverslip.Methods.Curriculum;

/// <summary>A lesion in an image of another size than the stored one.</summary>
/// <param name="Label">The finding.</param>
/// <param name="Area">The box around it.</param>
/// <param name="Outline">Its corners; null where only the box is known.</param>
internal sealed record PlacedLesion(string Label, BoxArea Area, IReadOnlyList<(double X, double Y)>? Outline)
{
    /// <summary>Pixels that it covers.</summary>
    internal double Size { get; } = Outline is null ? Area.Area : AreaOf(Outline);

    internal static PlacedLesion Of(FindingBox box, double scaleX, double scaleY) =>
        new(
            box.Label,
            new BoxArea(box.Area.X * scaleX, box.Area.Y * scaleY, box.Area.Width * scaleX, box.Area.Height * scaleY),
            box.Outline?.Select(p => (p.X * scaleX, p.Y * scaleY)).ToArray()
        );

    /// <summary>Pixels of it within a box.</summary>
    internal double Shared(BoxArea box)
    {
        if (Outline is null)
            return Area.Shared(box);
        // Cut off what lies beyond each of the box's sides in turn (Sutherland & Hodgman 1974).
        IReadOnlyList<(double X, double Y)> corners = Outline;
        corners = Cut(corners, p => p.X - box.X);
        corners = Cut(corners, p => box.Right - p.X);
        corners = Cut(corners, p => p.Y - box.Y);
        corners = Cut(corners, p => box.Bottom - p.Y);
        return corners.Count < 3 ? 0 : AreaOf(corners);
    }

    private static List<(double X, double Y)> Cut(
        IReadOnlyList<(double X, double Y)> corners,
        Func<(double X, double Y), double> inside
    )
    {
        var kept = new List<(double X, double Y)>();
        for (var i = 0; i < corners.Count; i++)
        {
            var (from, to) = (corners[i], corners[(i + 1) % corners.Count]);
            var (here, there) = (inside(from), inside(to));
            if (here >= 0)
                kept.Add(from);
            if (here >= 0 != there >= 0)
            {
                var share = here / (here - there);
                kept.Add((from.X + share * (to.X - from.X), from.Y + share * (to.Y - from.Y)));
            }
        }
        return kept;
    }

    private static double AreaOf(IReadOnlyList<(double X, double Y)> corners)
    {
        double twice = 0;
        for (var i = 0; i < corners.Count; i++)
        {
            var (from, to) = (corners[i], corners[(i + 1) % corners.Count]);
            twice += from.X * to.Y - to.X * from.Y;
        }
        return Math.Abs(twice) / 2;
    }
}
