using NetTopologySuite.Index.Strtree;
using Shape = NetTopologySuite.Geometries.Geometry;

namespace Coverslip.Slides.Geometry;

/// <summary>
/// Shapes that may have something in common, by their envelopes: joining ten thousand nuclei at once takes seconds, and
/// hardly any two of them touch.
/// </summary>
internal static class TouchingEnvelopes
{
    /// <summary>
    /// Groups between which no two envelopes touch, in the order of their first shapes. Within a group each envelope touches
    /// another one.
    /// </summary>
    public static IEnumerable<IReadOnlyList<Shape>> Groups(IReadOnlyList<Shape> shapes)
    {
        if (shapes.Count < 2)
            return shapes.Count == 0 ? [] : [shapes];
        var places = new STRtree<int>();
        foreach (var (i, shape) in shapes.Index())
            places.Insert(shape.EnvelopeInternal, i);
        int[] first = [.. Enumerable.Range(0, shapes.Count)]; // of the group that a shape belongs to
        foreach (var (i, shape) in shapes.Index())
        foreach (var other in places.Query(shape.EnvelopeInternal))
        {
            var (a, b) = (First(first, i), First(first, other));
            first[Math.Max(a, b)] = Math.Min(a, b);
        }
        return Enumerable
            .Range(0, shapes.Count)
            .GroupBy(i => First(first, i), i => shapes[i])
            .Select(group => (IReadOnlyList<Shape>)[.. group]);
    }

    private static int First(int[] first, int of)
    {
        while (first[of] != of)
            of = first[of] = first[first[of]];
        return of;
    }
}
