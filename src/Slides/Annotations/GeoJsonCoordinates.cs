using System.Text.Json;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>Coordinates of a GeoJSON geometry: rings, lines and places, in pixels of level 0.</summary>
/// <param name="file">Whose they are, for errors.</param>
/// <param name="notes">Told what was mended.</param>
internal sealed class GeoJsonCoordinates(string file, List<string> notes)
{
    /// <summary>None where it has no ring.</summary>
    internal IEnumerable<RingPolygon> ReadPolygon(JsonElement rings, string where)
    {
        var all = Items(rings, where).Where(ring => ring.ValueKind != JsonValueKind.Array || ring.GetArrayLength() > 0);
        var read = all.Select(ring => ReadRing(ring, where)).ToList();
        if (read.Count == 0)
            return [];
        var polygon = new RingPolygon(read[0], [.. read.Skip(1)]);
        foreach (var hole in ValidPolygons.HolesOutside(polygon))
            notes.Add(
                $"{where}: hole {hole + 1} of {polygon.Holes.Count} lies outside of its ring, and cuts nothing out"
            );
        return [polygon];
    }

    /// <summary>A ring repeats its first point at its end; here it does not.</summary>
    private Ring ReadRing(JsonElement ring, string where)
    {
        var points = ReadPlaces(ring, where);
        if (points.Length > 1 && points[0] == points[^1])
            return new Ring(points[..^1]);
        notes.Add($"{where}: a ring of {points.Length} points is not closed; its last point is joined to its first");
        return new Ring(points);
    }

    internal Ring ReadLine(JsonElement line, string where) => new(ReadPlaces(line, where));

    private Vertex[] ReadPlaces(JsonElement line, string where)
    {
        var (items, read) = (Items(line, where), new Vertex[line.GetArrayLength()]);
        for (var i = 0; items.MoveNext(); i++)
            read[i] = ReadVertex(items.Current, where);
        return read;
    }

    internal Vertex ReadVertex(JsonElement point, string where)
    {
        _ = Items(point, where);
        if (point.GetArrayLength() < 2 || !point[0].TryGetNumber(out var x) || !point[1].TryGetNumber(out var y))
            throw Wrong($"{where}: {point.GetRawText()} is no place; it has two finite numbers");
        return Math.Abs(x) <= Vertex.Farthest && Math.Abs(y) <= Vertex.Farthest
            ? new Vertex(x, y)
            : throw Wrong(
                FormattableString.Invariant(
                    $"{where}: ({x}, {y}) is no place on a slide: coordinates are pixels of level 0, "
                )
                    + FormattableString.Invariant(
                        $"and at most ±{Vertex.Farthest:0}; correct it, or draw the outline anew"
                    )
            );
    }

    internal JsonElement.ArrayEnumerator Items(JsonElement list, string where) =>
        list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : throw Wrong($"{where}: {list.GetRawText()} among its coordinates is no list");

    private AnnotationException Wrong(string reason) => new(file, reason);
}
