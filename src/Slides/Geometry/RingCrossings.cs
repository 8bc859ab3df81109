namespace Coverslip.Slides.Geometry;

/// <summary>How often a ring crosses itself: what runs over itself all the time is no outline, and takes minutes to make one.</summary>
internal static class RingCrossings
{
    /// <summary>
    /// Crossings up to which outlines are taken. A hand that draws around a lesion leaves a few; the faces of this many are
    /// made in about a second.
    /// </summary>
    internal const int Most = 10_000;

    /// <summary>Whether there are more than <see cref="Most"/>; stops at the first beyond.</summary>
    public static bool AreTooMany(Ring ring)
    {
        var points = ring.Points;
        if ((long)points.Count * (points.Count - 1) / 2 <= Most)
            return false; // each line crosses each other one once at most
        // Each line from left to right, the leftmost first: only those that still reach so far are compared.
        var lines = Enumerable
            .Range(0, points.Count)
            .Select(i => (points[i], points[(i + 1) % points.Count]))
            .Select(line => line.Item1.X <= line.Item2.X ? line : (line.Item2, line.Item1))
            .OrderBy(line => line.Item1.X)
            .ToArray();
        var reaching = new List<(Vertex From, Vertex To)>();
        var crossings = 0;
        foreach (var (from, to) in lines)
        {
            for (var i = reaching.Count - 1; i >= 0; i--)
            {
                var other = reaching[i];
                if (other.To.X < from.X)
                {
                    reaching[i] = reaching[^1];
                    reaching.RemoveAt(reaching.Count - 1);
                }
                else if (Cross(from, to, other.From, other.To) && ++crossings > Most)
                    return true;
            }
            reaching.Add((from, to));
        }
        return false;
    }

    /// <summary>Whether two lines cross, or lie on each other for a length.</summary>
    private static bool Cross(Vertex a, Vertex b, Vertex c, Vertex d)
    {
        var (sideC, sideD) = (Side(a, b, c), Side(a, b, d));
        if (sideC * sideD < 0)
            return Side(c, d, a) * Side(c, d, b) < 0;
        return sideC == 0 && sideD == 0 && (Overlap(a.X, b.X, c.X, d.X) || Overlap(a.Y, b.Y, c.Y, d.Y));
    }

    private static bool Overlap(double a, double b, double c, double d) =>
        Math.Min(Math.Max(a, b), Math.Max(c, d)) > Math.Max(Math.Min(a, b), Math.Min(c, d));

    private static int Side(Vertex a, Vertex b, Vertex point) =>
        Math.Sign(((b.X - a.X) * (point.Y - a.Y)) - ((point.X - a.X) * (b.Y - a.Y)));
}
