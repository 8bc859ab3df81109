using System.Buffers;

namespace Coverslip.Slides.Geometry;

/// <summary>
/// Whether a ring neither crosses nor touches itself, told quickly where it is plain to see. Most drawn rings are so, and asking for
/// their validity in general is a third of what reading ten thousand of them takes.
/// </summary>
internal static class SimpleRing
{
    /// <summary>Pairs of lines that are compared for each line, at most: beyond, the general test is as quick.</summary>
    private const int Pairs = 64;

    /// <summary>Relative error of <see cref="Side"/> (Shewchuk 1997, "Adaptive precision floating-point arithmetic", A).</summary>
    private const double Error = 3.3306690738754716e-16;

    /// <summary>True where it surely is simple and has an area; false where it is not, or where it is not plain to see.</summary>
    public static bool Surely(IReadOnlyList<Vertex> points)
    {
        var count = points.Count;
        if (count > 1 && points[0] == points[^1])
            count--;
        if (count < 3)
            return false;
        var (lines, lefts) = (ArrayPool<Line>.Shared.Rent(count), ArrayPool<double>.Shared.Rent(count));
        try
        {
            for (var i = 0; i < count; i++)
            {
                lines[i] = new Line(i, points[i], points[i + 1 == count ? 0 : i + 1]);
                lefts[i] = lines[i].Left;
                if (!TurnsAt(lines[i].To, lines[i].From, points[i + 2 < count ? i + 2 : i + 2 - count]))
                    return false;
            }
            Array.Sort(lefts, lines, 0, count);
            return AreApart(lines.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<Line>.Shared.Return(lines);
            ArrayPool<double>.Shared.Return(lefts);
        }
    }

    /// <summary>Lines from left to right: only those that still reach so far are compared. They move to the front of the span.</summary>
    private static bool AreApart(Span<Line> lines)
    {
        var (reaching, left) = (0, (long)Pairs * lines.Length);
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            for (var k = reaching - 1; k >= 0; k--)
            {
                if (lines[k].Right < line.Left)
                    lines[k] = lines[--reaching];
                else if (--left < 0 || !(AreNeighbors(line, lines[k], lines.Length) || AreApart(line, lines[k])))
                    return false;
            }
            lines[reaching++] = line;
        }
        return true;
    }

    /// <summary>They share a corner, at which <see cref="TurnsAt"/> has looked.</summary>
    private static bool AreNeighbors(in Line a, in Line b, int count) =>
        Math.Abs(a.Number - b.Number) is var apart && (apart == 1 || apart == count - 1);

    private static bool AreApart(in Line a, in Line b) =>
        a.Bottom < b.Top
        || b.Bottom < a.Top
        || Side(a.From, a.To, b.From) * Side(a.From, a.To, b.To) > 0
        || Side(b.From, b.To, a.From) * Side(b.From, b.To, a.To) > 0;

    /// <summary>Whether the way goes on past a corner without running back over itself.</summary>
    private static bool TurnsAt(Vertex corner, Vertex before, Vertex after) =>
        Side(before, corner, after) != 0
        || ((corner.X - before.X) * (after.X - corner.X)) + ((corner.Y - before.Y) * (after.Y - corner.Y)) > 0;

    /// <summary>On which side of the line from a to b a point is, 1 or −1; 0 where that is too close to say.</summary>
    private static int Side(Vertex a, Vertex b, Vertex point)
    {
        var (one, other) = ((b.X - a.X) * (point.Y - a.Y), (point.X - a.X) * (b.Y - a.Y));
        var bound = Error * (Math.Abs(one) + Math.Abs(other));
        return one - other > bound ? 1
            : other - one > bound ? -1
            : 0;
    }

    private readonly record struct Line(int Number, Vertex From, Vertex To)
    {
        public double Left => Math.Min(From.X, To.X);
        public double Right => Math.Max(From.X, To.X);
        public double Top => Math.Min(From.Y, To.Y);
        public double Bottom => Math.Max(From.Y, To.Y);
    }
}
