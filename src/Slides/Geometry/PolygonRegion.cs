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
    private readonly double step;
    private readonly int[] starts;
    private readonly Edge[] edges;

    private PolygonRegion(Shape shape)
    {
        Shape = shape;
        Polygons = [.. ValidPolygons.ToPolygons(shape)];
        var count = All().Count();
        if (count == 0)
        {
            (starts, edges) = ([0], []);
            return;
        }
        var box = shape.EnvelopeInternal;
        (left, top, right, bottom) = (box.MinX, box.MinY, box.MaxX, box.MaxY);
        var buckets = Math.Clamp((int)Math.Sqrt(count), 1, 1024);
        step = (right - left) / buckets;
        (starts, edges) = Sorted(All, buckets);
        Area = AreaIn(new Rectangle(left, top, right - left, bottom - top));

        // Gone through three times instead of kept in a list: a million edges are 40 MB.
        IEnumerable<Edge> All() =>
            Polygons.SelectMany(p => Edges(p.Outer, 1).Concat(p.Holes.SelectMany(hole => Edges(hole, -1))));
    }

    /// <summary>In square pixels.</summary>
    public double Area { get; }

    public bool IsEmpty => edges.Length == 0;

    /// <summary>Valid and disjoint.</summary>
    public IReadOnlyList<RingPolygon> Polygons { get; }

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

    /// <summary>Square pixels of the region within a rectangle.</summary>
    public double AreaIn(Rectangle rectangle)
    {
        var (x0, x1) = (Math.Max(rectangle.X, left), Math.Min(rectangle.X + rectangle.Width, right));
        var (y0, y1) = (Math.Max(rectangle.Y, top), Math.Min(rectangle.Y + rectangle.Height, bottom));
        if (IsEmpty || x0 >= x1 || y0 >= y1)
            return 0;
        var sum = 0.0;
        var (first, last) = (Bucket(x0), Bucket(x1));
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

    private int Bucket(double x) => Math.Clamp((int)((x - left) / step), 0, starts.Length - 2);

    /// <summary>The edges of each bucket one after the other; an edge stands in every bucket it reaches into.</summary>
    private (int[] Starts, Edge[] Edges) Sorted(Func<IEnumerable<Edge>> all, int buckets)
    {
        var counts = new int[buckets + 1];
        int Place(double x) => Math.Clamp((int)((x - left) / step), 0, buckets - 1);
        foreach (var edge in all())
        {
            for (var bucket = Place(edge.FromX); bucket <= Place(edge.ToX); bucket++)
                counts[bucket + 1]++;
        }
        for (var i = 0; i < buckets; i++)
            counts[i + 1] += counts[i];
        var next = counts.ToArray();
        var sorted = new Edge[counts[^1]];
        foreach (var edge in all())
        {
            for (var bucket = Place(edge.FromX); bucket <= Place(edge.ToX); bucket++)
                sorted[next[bucket]++] = edge;
        }
        return (counts, sorted);
    }

    // Upright edges cover no columns. A ring that runs clockwise on the screen has its area below its rightward edges.
    private static IEnumerable<Edge> Edges(Ring ring, int sign)
    {
        var clockwise = ring.SignedArea > 0 ? sign : -sign;
        for (var i = 0; i < ring.Points.Count; i++)
        {
            var (a, b) = (ring.Points[i], ring.Points[(i + 1) % ring.Points.Count]);
            if (a.X < b.X)
                yield return new Edge(a.X, a.Y, b.X, b.Y, -clockwise);
            else if (a.X > b.X)
                yield return new Edge(b.X, b.Y, a.X, a.Y, clockwise);
        }
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
