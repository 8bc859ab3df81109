using Coverslip.Slides.Images;

namespace Coverslip.Slides.Geometry;

/// <summary>Polygons as pixels: a pixel is set if its center lies inside.</summary>
public static class PolygonRaster
{
    /// <summary>A new mask, 255 inside and 0 outside.</summary>
    /// <param name="polygons">In pixels of the mask; valid and disjoint, as a region's are.</param>
    /// <param name="size">Of the mask.</param>
    public static Image Fill(IEnumerable<RingPolygon> polygons, PixelSize size)
    {
        var mask = new Image(size.Width, size.Height, channels: 1);
        mask.WritablePixels.Clear();
        var rows = new List<double>?[size.Height];
        foreach (var polygon in polygons)
        {
            Cross(polygon.Outer, rows);
            foreach (var hole in polygon.Holes)
                Cross(hole, rows);
        }
        for (var y = 0; y < size.Height; y++)
        {
            if (rows[y] is not { } crossings)
                continue;
            crossings.Sort();
            var row = mask.WritablePixels.Slice(y * mask.Stride, size.Width);
            for (var i = 0; i + 1 < crossings.Count; i += 2)
            {
                var (from, to) = (Column(crossings[i], size.Width), Column(crossings[i + 1], size.Width));
                row[from..to].Fill(255);
            }
        }
        return mask;
    }

    /// <summary>The same of polygons that are not in pixels of the mask.</summary>
    /// <param name="polygons">In any pixels, such as those of level 0.</param>
    /// <param name="size">Of the mask.</param>
    /// <param name="scale">Pixels of the mask to one of theirs.</param>
    /// <param name="corner">Where their (0, 0) lies in the mask.</param>
    public static Image Fill(
        IEnumerable<RingPolygon> polygons,
        PixelSize size,
        Vertex scale,
        Vertex corner = default
    ) => Fill(polygons.Select(p => p.Select(ring => ring.Placed(scale, corner))), size);

    /// <summary>Where the ring's edges cross the middle of each row.</summary>
    private static void Cross(Ring ring, List<double>?[] rows)
    {
        for (var i = 0; i < ring.Points.Count; i++)
        {
            var (a, b) = (ring.Points[i], ring.Points[(i + 1) % ring.Points.Count]);
            var (upper, lower) = a.Y < b.Y ? (a, b) : (b, a);
            var last = Column(lower.Y, rows.Length);
            for (var y = Column(upper.Y, rows.Length); y < last; y++)
            {
                var part = (y + 0.5 - upper.Y) / (lower.Y - upper.Y);
                (rows[y] ??= []).Add(upper.X + (part * (lower.X - upper.X)));
            }
        }
    }

    /// <summary>The first pixel whose center does not lie before a place.</summary>
    private static int Column(double at, int count) => (int)Math.Clamp(Math.Ceiling(at - 0.5), 0, count);
}
