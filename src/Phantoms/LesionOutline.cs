using Coverslip.Files;
using Coverslip.Slides.Geometry;

namespace Coverslip.Phantoms;

/// <summary>
/// The outline of a lesion around (0, 0): lobed, star-shaped and so never crossing itself, stretched along a direction.
/// Larger lesions may hold an island of normal tissue.
/// </summary>
internal sealed class LesionOutline
{
    private const int Directions = 256;
    private static readonly Vertex[] Circle = MakeCircle();

    private LesionOutline(RingPolygon polygon) => Polygon = polygon;

    public RingPolygon Polygon { get; }

    /// <summary>The greatest distance of the outline from (0, 0).</summary>
    public double Reach => Polygon.Outer.Points.Max(p => Math.Sqrt((p.X * p.X) + (p.Y * p.Y)));

    /// <summary>Draws a shape with a major axis of <paramref name="axis"/> pixels.</summary>
    /// <param name="axis">Pixels, see <see cref="MajorAxis"/>.</param>
    /// <param name="island">Whether it holds an island of normal tissue.</param>
    /// <param name="random">Used up by a fixed number of draws.</param>
    public static LesionOutline Draw(double axis, bool island, SeededRandom random)
    {
        var (ux, uy) = random.Direction();
        var across = random.Between(0.55, 0.9);
        var outer = Lobed(random, corners: axis < 200 ? 64 : 128);
        var hole = Lobed(random, corners: 32);
        var (hx, hy) = random.Direction();
        Vertex Stretch(Vertex p) => new((p.X * ux) - (across * p.Y * uy), (p.X * uy) + (across * p.Y * ux));
        Vertex[] ring = [.. outer.Select(Stretch)];
        var (cx, cy) = Centroid(ring);
        var scale = axis / MajorAxis(ring);
        Vertex Place(Vertex p) => new((p.X - cx) * scale, (p.Y - cy) * scale);
        // The hole lies around a place off the middle, within six tenths of the least distance to the outline.
        var least = ring.Min(p => Math.Sqrt((p.X * p.X) + (p.Y * p.Y)));
        var most = hole.Max(p => Math.Sqrt((p.X * p.X) + (p.Y * p.Y)));
        var within = 0.3 * least / most;
        Vertex[] inner =
        [
            .. hole.Select(p => new Vertex((p.X * within) + (0.3 * least * hx), (p.Y * within) + (0.3 * least * hy))),
        ];
        return new LesionOutline(
            new RingPolygon(new Ring([.. ring.Select(Place)]), island ? [new Ring([.. inner.Select(Place)])] : [])
        );
    }

    /// <summary>
    /// The major axis of the ellipse with the same second moments as what the ring encloses: 4 √λ with λ the larger
    /// eigenvalue of the covariance, the measure of the CAMELYON16 evaluation.
    /// </summary>
    public static double MajorAxis(IReadOnlyList<Vertex> ring)
    {
        var (cx, cy) = Centroid(ring);
        double area = 0,
            xx = 0,
            xy = 0,
            yy = 0;
        for (var i = 0; i < ring.Count; i++)
        {
            var (a, b) = (Minus(ring[i], cx, cy), Minus(ring[(i + 1) % ring.Count], cx, cy));
            var cross = (a.X * b.Y) - (b.X * a.Y);
            area += cross / 2;
            xx += cross * ((a.X * a.X) + (a.X * b.X) + (b.X * b.X)) / 12;
            yy += cross * ((a.Y * a.Y) + (a.Y * b.Y) + (b.Y * b.Y)) / 12;
            xy += cross * ((a.X * b.Y) + (2 * a.X * a.Y) + (2 * b.X * b.Y) + (b.X * a.Y)) / 24;
        }
        (xx, xy, yy) = (xx / area, xy / area, yy / area);
        var half = (xx - yy) / 2;
        return 4 * Math.Sqrt(((xx + yy) / 2) + Math.Sqrt((half * half) + (xy * xy)));
    }

    /// <summary>A wavy circle about (0, 0): the noise is read along a circle, so that it closes.</summary>
    private static List<Vertex> Lobed(SeededRandom random, int corners)
    {
        var noise = new ValueNoise(random);
        var points = new List<Vertex>(corners);
        for (var i = 0; i < Directions; i += Directions / corners)
        {
            var at = Circle[i];
            var radius = 0.6 + (0.8 * noise.Rough((float)((1.5 * at.X) + 8), (float)((1.5 * at.Y) + 8)));
            points.Add(new Vertex(at.X * radius, at.Y * radius));
        }
        return points;
    }

    private static Vertex Centroid(IReadOnlyList<Vertex> ring)
    {
        double area = 0,
            x = 0,
            y = 0;
        var origin = ring[0];
        for (var i = 0; i < ring.Count; i++)
        {
            var (a, b) = (Minus(ring[i], origin.X, origin.Y), Minus(ring[(i + 1) % ring.Count], origin.X, origin.Y));
            var cross = (a.X * b.Y) - (b.X * a.Y);
            area += cross / 2;
            x += cross * (a.X + b.X) / 6;
            y += cross * (a.Y + b.Y) / 6;
        }
        return new Vertex(origin.X + (x / area), origin.Y + (y / area));
    }

    private static Vertex Minus(Vertex p, double x, double y) => new(p.X - x, p.Y - y);

    // By repeated rotation: no cosine, whose last bit differs between machines.
    private static Vertex[] MakeCircle()
    {
        const double cosine = 0.99969881869620425; // cos(2π/256)
        const double sine = 0.024541228522912288;
        var circle = new Vertex[Directions];
        circle[0] = new Vertex(1, 0);
        for (var i = 1; i < Directions; i++)
        {
            var before = circle[i - 1];
            circle[i] = new Vertex((cosine * before.X) - (sine * before.Y), (sine * before.X) + (cosine * before.Y));
        }
        return circle;
    }
}
