using Shape = NetTopologySuite.Geometries.Geometry;

namespace Coverslip.Slides.Geometry;

/// <summary>A rectangle whose sides need not lie on pixels' edges.</summary>
public readonly record struct Rectangle(double X, double Y, double Width, double Height)
{
    public double Area => Width * Height;
}

/// <summary>
/// An area of a slide: polygons with holes, made valid and united. Says exactly how much of it lies in a rectangle,
/// fast
/// enough to be asked for every patch of a slide. Any number of threads may ask.
/// </summary>
/// <remarks>
/// Above every column x the region is a set of intervals of y, whose ends are the edges that cross x. Clamping the ends
/// to the rectangle clips the intervals, and the integral of the clamped ends, each with the sign of its edge, is the
/// clipped area: a closed sum over the edges above the rectangle, without sampling and without building the clipped
/// polygon. Edges lie in buckets of columns.
/// </remarks>
public sealed class PolygonRegion
{
    private readonly double left;
    private readonly double top;
    private readonly double right;
    private readonly double bottom;
    private readonly Lazy<IReadOnlyList<RingPolygon>> polygons;
    private readonly Lazy<EdgeBuckets> sorted; // for its area alone nobody needs them

    private PolygonRegion(Shape shape)
    {
        Shape = shape;
        Area = shape.Area;
        polygons = new(() => [.. ValidPolygons.ToPolygons(shape)]);
        sorted = new(Sorted);
        if (IsEmpty)
            return;
        var box = shape.EnvelopeInternal;
        (left, top, right, bottom) = (box.MinX, box.MinY, box.MaxX, box.MaxY);
    }

    private delegate void EdgeVisitor(in Edge edge);

    /// <summary>In square pixels.</summary>
    public double Area { get; }

    public bool IsEmpty => Area == 0;

    /// <summary>Valid and disjoint.</summary>
    public IReadOnlyList<RingPolygon> Polygons => polygons.Value;

    /// <summary>The smallest rectangle around it; empty at (0, 0) if the region is.</summary>
    public Rectangle Box => new(left, top, right - left, bottom - top);

    internal Shape Shape { get; }

    /// <summary>The union of polygons; their rings may cross themselves and each other.</summary>
    public static PolygonRegion Of(IEnumerable<RingPolygon> polygons) =>
        new(ValidPolygons.Union(polygons.Select(ValidPolygons.Of)));

    /// <summary>A rectangle, such as the scanned part of a slide.</summary>
    public static PolygonRegion Of(SlideRectangle whole)
    {
        var (at, width, height) = whole;
        var (right, bottom) = (at.X + width, at.Y + height);
        return Of([
            new RingPolygon(new Ring([new(at.X, at.Y), new(right, at.Y), new(right, bottom), new(at.X, bottom)])),
        ]);
    }

    internal static PolygonRegion Of(Shape shape) => new(shape);

    /// <summary>What of it lies outside of another region.</summary>
    public PolygonRegion Without(PolygonRegion other) =>
        other.IsEmpty ? this : new(ValidPolygons.Without(Shape, other.Shape));

    /// <summary>What of it lies within a rectangle.</summary>
    public PolygonRegion Within(Rectangle rectangle) =>
        IsEmpty
        || (
            left >= rectangle.X
            && top >= rectangle.Y
            && right <= rectangle.X + rectangle.Width
            && bottom <= rectangle.Y + rectangle.Height
        )
            ? this
            : new(ValidPolygons.Within(Shape, rectangle));

    /// <summary>Square pixels of the region within a rectangle.</summary>
    public double AreaIn(Rectangle rectangle)
    {
        var (x0, x1) = (Math.Max(rectangle.X, left), Math.Min(rectangle.X + rectangle.Width, right));
        var (y0, y1) = (Math.Max(rectangle.Y, top), Math.Min(rectangle.Y + rectangle.Height, bottom));
        if (IsEmpty || x0 >= x1 || y0 >= y1)
            return 0;
        var sum = 0.0;
        var (starts, edges, step) = sorted.Value;
        var (first, last) = (sorted.Value.Bucket(x0 - left), sorted.Value.Bucket(x1 - left));
        for (var bucket = first; bucket <= last; bucket++)
        {
            var from = bucket == first ? x0 : left + (bucket * step);
            var to = bucket == last ? x1 : left + ((bucket + 1) * step);
            foreach (ref readonly var edge in edges.AsSpan(starts[bucket]..starts[bucket + 1]))
                sum += edge.Integral(from, to, y0, y1 - y0);
        }
        return Math.Clamp(sum, 0, (x1 - x0) * (y1 - y0));
    }

    /// <summary>The part of a rectangle that the region covers, from 0 to 1.</summary>
    public double ShareOf(Rectangle rectangle) => Math.Clamp(AreaIn(rectangle) / rectangle.Area, 0, 1);

    private EdgeBuckets Sorted()
    {
        var count = 0;
        Visit((in Edge _) => count++);
        var buckets = Math.Clamp((int)Math.Sqrt(count), 1, 1024);
        var counts = new int[buckets + 1];
        var places = new EdgeBuckets(counts, [], (right - left) / buckets);
        Visit(
            (in Edge edge) =>
            {
                var last = places.Bucket(edge.ToX - left);
                for (var bucket = places.Bucket(edge.FromX - left); bucket <= last; bucket++)
                    counts[bucket + 1]++;
            }
        );
        for (var i = 0; i < buckets; i++)
            counts[i + 1] += counts[i];
        var (next, edges) = (counts.ToArray(), new Edge[counts[^1]]);
        Visit(
            (in Edge edge) =>
            {
                var last = places.Bucket(edge.ToX - left);
                for (var bucket = places.Bucket(edge.FromX - left); bucket <= last; bucket++)
                    edges[next[bucket]++] = edge;
            }
        );
        return places with { Edges = edges };
    }

    /// <summary>All edges. Gone through three times instead of kept in a list: a million of them are 40 MB.</summary>
    private void Visit(EdgeVisitor visit)
    {
        foreach (var polygon in Polygons)
        {
            Visit(polygon.Outer, 1, visit);
            foreach (var hole in polygon.Holes)
                Visit(hole, -1, visit);
        }
    }

    // Upright edges cover no columns. A ring that runs clockwise on the screen has its area below its rightward edges.
    private static void Visit(Ring ring, int sign, EdgeVisitor visit)
    {
        var clockwise = ring.SignedArea > 0 ? sign : -sign;
        var points = ring.Points;
        for (var i = 0; i < points.Count; i++)
        {
            var (a, b) = (points[i], points[i + 1 == points.Count ? 0 : i + 1]);
            if (a.X < b.X)
                visit(new Edge(a.X, a.Y, b.X, b.Y, -clockwise));
            else if (a.X > b.X)
                visit(new Edge(b.X, b.Y, a.X, a.Y, clockwise));
        }
    }

    /// <summary>The edges of each bucket of columns one after the other; an edge stands in every bucket it reaches into.</summary>
    private sealed record EdgeBuckets(int[] Starts, Edge[] Edges, double Step)
    {
        public int Bucket(double fromLeft) => Math.Clamp((int)(fromLeft / Step), 0, Starts.Length - 2);
    }

    /// <summary>From left to right.</summary>
    private readonly record struct Edge(double FromX, double FromY, double ToX, double ToY, int Sign)
    {
        /// <summary>The integral over columns x0 to x1 of the edge's y above y0, clamped to 0 and height.</summary>
        public double Integral(double x0, double x1, double y0, double height)
        {
            var (from, to) = (Math.Max(FromX, x0), Math.Min(ToX, x1));
            if (from >= to)
                return 0;
            var slope = (ToY - FromY) / (ToX - FromX);
            var a = FromY - y0 + ((from - FromX) * slope);
            var b = FromY - y0 + ((to - FromX) * slope);
            return Sign * (to - from) * MeanClamped(Math.Min(a, b), Math.Max(a, b), height);
        }

        /// <summary>The mean of clamp(t, 0, height) over t from low to high.</summary>
        private static double MeanClamped(double low, double high, double height)
        {
            if (high <= 0)
                return 0;
            if (low >= height)
                return height;
            if (low >= 0 && high <= height)
                return (low + high) / 2;
            var (from, to) = (Math.Max(low, 0), Math.Min(high, height));
            var inside = (to - from) * (from + to) / 2;
            var above = Math.Max(0, high - height) * height;
            return (inside + above) / (high - low);
        }
    }
}
