using NetTopologySuite.Algorithm.Locate;
using NetTopologySuite.Geometries;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;
using NetTopologySuite.Operation.Polygonize;
using Shape = NetTopologySuite.Geometries.Geometry;

namespace Coverslip.Slides.Geometry;

/// <summary>
/// Drawn rings as geometry that may be clipped. The rule: a ring closes itself; what it runs around at all belongs to
/// it (non-zero winding), so that the small loop where a hand closed its line stays inside, and both halves of an eight
/// count.
/// </summary>
internal static class ValidPolygons
{
    private static readonly GeometryFactory Factory = new();

    public static Shape Empty => Factory.CreatePolygon();

    /// <summary>The polygon, its holes cut out.</summary>
    public static Shape Of(RingPolygon polygon)
    {
        if (polygon.Holes.Count == 0)
            return Of(polygon.Outer);
        if (Corners(polygon.Outer) is { } outer)
        {
            var holes = polygon.Holes.Select(Corners).OfType<Coordinate[]>();
            var straight = Factory.CreatePolygon(
                Factory.CreateLinearRing(outer),
                [.. holes.Select(Factory.CreateLinearRing)]
            );
            if (straight.IsValid)
                return straight;
        }
        return Without(Of(polygon.Outer), Union(polygon.Holes.Select(Of)));
    }

    /// <summary>What the ring encloses; empty if it has fewer than three different points or no area.</summary>
    public static Shape Of(Ring ring)
    {
        if (Corners(ring) is not { } corners)
            return Empty;
        var straight = Factory.CreatePolygon(corners);
        if (ring.IsSurelySimple || straight.IsValid)
            return straight;
        var faces = new Polygonizer();
        faces.Add(OverlayNGRobust.Union(Factory.CreateLineString(corners)));
        return Union(faces.GetPolygons().Where(face => Winding(face.InteriorPoint.Coordinate, corners) != 0));
    }

    /// <summary>Which of its holes have no area in common with what its ring encloses, by their place.</summary>
    public static IEnumerable<int> HolesOutside(RingPolygon polygon)
    {
        if (polygon.Holes.Count == 0)
            yield break;
        var outer = Of(polygon.Outer);
        var inside = new IndexedPointInAreaLocator(outer);
        foreach (var (place, ring) in polygon.Holes.Index())
        {
            var hole = Of(ring);
            // Of nearly all holes one point says it.
            if (hole.IsEmpty || inside.Locate(hole.InteriorPoint.Coordinate) == Location.Interior)
                continue;
            if (OverlayNGRobust.Overlay(outer, hole, SpatialFunction.Intersection).Area == 0)
                yield return place;
        }
    }

    /// <summary>Whether the ring crosses or touches itself, or encloses nothing.</summary>
    public static bool IsSimple(Ring ring) =>
        ring.IsSurelySimple || (Corners(ring) is { } corners && Factory.CreatePolygon(corners).IsValid);

    /// <summary>What any of them covers. Only those are joined whose envelopes touch; the others stay as they are.</summary>
    public static Shape Union(IEnumerable<Shape> shapes)
    {
        Shape[] all = [.. shapes.SelectMany(Parts).Where(shape => !shape.IsEmpty)];
        Shape[] joined = [.. TouchingEnvelopes.Groups(all).Select(Joined)];
        return joined.Length switch
        {
            0 => Empty,
            1 => joined[0],
            _ => Factory.BuildGeometry(joined.SelectMany(Parts)),
        };
    }

    private static Shape Joined(IReadOnlyList<Shape> group) =>
        group.Count == 1 ? group[0] : OverlayNGRobust.Union(group, Factory);

    private static IEnumerable<Shape> Parts(Shape shape) =>
        Enumerable.Range(0, shape.NumGeometries).Select(shape.GetGeometryN);

    public static Shape Without(Shape shape, Shape cut) =>
        cut.IsEmpty || !shape.EnvelopeInternal.Intersects(cut.EnvelopeInternal)
            ? shape
            : OverlayNGRobust.Overlay(shape, cut, SpatialFunction.Difference);

    /// <summary>What of it lies within a rectangle; lines and points that are left of it at the border have no area.</summary>
    public static Shape Within(Shape shape, Rectangle rectangle)
    {
        var (right, bottom) = (rectangle.X + rectangle.Width, rectangle.Y + rectangle.Height);
        var box = Factory.ToGeometry(new Envelope(rectangle.X, right, rectangle.Y, bottom));
        return Union([OverlayNGRobust.Overlay(shape, box, SpatialFunction.Intersection)]);
    }

    /// <summary>The polygons of a valid geometry; lines and points in it have no area and are left out.</summary>
    public static IEnumerable<RingPolygon> ToPolygons(Shape shape)
    {
        for (var i = 0; i < shape.NumGeometries; i++)
        {
            if (shape.GetGeometryN(i) is Polygon { IsEmpty: false } polygon)
                yield return new RingPolygon(ToRing(polygon.Shell), [.. polygon.Holes.Select(ToRing)]);
        }
    }

    private static Ring ToRing(LineString line) => new(PlacesOf(line.CoordinateSequence));

    private static Vertex[] PlacesOf(CoordinateSequence line)
    {
        var places = new Vertex[Math.Max(0, line.Count - 1)];
        for (var i = 0; i < places.Length; i++)
            places[i] = new Vertex(line.GetX(i), line.GetY(i));
        return places;
    }

    /// <summary>Closed, without points that repeat the one before; null if fewer than three are left.</summary>
    private static Coordinate[]? Corners(Ring ring)
    {
        var corners = new List<Coordinate>(ring.Points.Count + 1);
        foreach (var (x, y) in ring.Points)
        {
            if (corners.Count == 0 || corners[^1].X != x || corners[^1].Y != y)
                corners.Add(new Coordinate(x, y));
        }
        if (corners.Count > 1 && corners[0].Equals2D(corners[^1]))
            corners.RemoveAt(corners.Count - 1);
        if (corners.Count < 3)
            return null;
        corners.Add(corners[0].Copy());
        return [.. corners];
    }

    /// <summary>How often the closed line runs around a point that is not on it (Sunday's crossing rule).</summary>
    private static int Winding(Coordinate point, Coordinate[] line)
    {
        var winding = 0;
        for (var i = 0; i + 1 < line.Length; i++)
        {
            var (a, b) = (line[i], line[i + 1]);
            if (a.Y <= point.Y == b.Y <= point.Y)
                continue;
            var side = ((b.X - a.X) * (point.Y - a.Y)) - ((point.X - a.X) * (b.Y - a.Y));
            if (a.Y <= point.Y && side > 0)
                winding++;
            else if (a.Y > point.Y && side < 0)
                winding--;
        }
        return winding;
    }
}
