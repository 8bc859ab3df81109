using Coverslip.Files;
using Coverslip.Slides.Geometry;

namespace Coverslip.Phantoms;

/// <summary>Finds places for lesions: wholly in tissue, apart from each other.</summary>
internal sealed class LesionPlaces
{
    private const double Depth = 45; // microns of normal tissue between a lesion and the glass, at least
    private const double Apart = 150; // microns between lesions; the CAMELYON16 evaluation joins those nearer than 75
    private const int Tries = 4000;
    private readonly SlidePhantomOptions options;
    private readonly TissuePieces tissue;
    private readonly SeededRandom random;
    private readonly List<(double X, double Y, double Reach)> taken = [];

    private LesionPlaces(SlidePhantomOptions options, TissuePieces tissue)
    {
        (this.options, this.tissue) = (options, tissue);
        random = SeededRandom.For(options.Seed, 311);
    }

    /// <summary>The lesions that were asked for, the largest placed first.</summary>
    /// <exception cref="ArgumentException">One does not fit.</exception>
    public static IReadOnlyList<PhantomLesion> Place(SlidePhantomOptions options, TissuePieces tissue)
    {
        var places = new LesionPlaces(options, tissue);
        return
        [
            .. options
                .Lesions.OrderByDescending(l => l.Class)
                .ThenBy(l => l.IfRoom)
                .ThenByDescending(l => l.MajorAxis)
                .Select(places.Place)
                .OfType<PhantomLesion>(),
        ];
    }

    private PhantomLesion? Place(LesionOrder order)
    {
        var mpp = options.Mpp.X;
        var (least, most) = LesionOrder.Range(order.Class);
        var room = 0.5 * Math.Min(options.Width, options.Height) * mpp;
        // Small ones are as frequent as large ones, so that a slide does not fill up.
        var axis = order.MajorAxis ?? least * Power(Math.Max(1, Math.Min(most, room) / least), random.Unit());
        while (true)
        {
            var island = axis > 500 && random.Unit() < 0.5;
            var outline = LesionOutline.Draw(axis / mpp, island, random);
            if (Find(outline) is { } place)
            {
                taken.Add((place.X, place.Y, outline.Reach));
                var polygon = outline.Polygon.Select(ring => new Ring([.. ring.Points.Select(p => Exact(p, place))]));
                var area = Math.Abs(polygon.Outer.SignedArea) - polygon.Holes.Sum(hole => Math.Abs(hole.SignedArea));
                return new PhantomLesion(
                    order.Class,
                    polygon,
                    LesionOutline.MajorAxis(polygon.Outer.Points) * mpp,
                    area * mpp * mpp / 1e6
                );
            }
            if (order.MajorAxis is not null || axis <= least)
                return order.IfRoom ? null : throw NoRoom(order, axis);
            axis = Math.Max(least, 0.85 * axis);
        }
    }

    /// <summary>A whole number of pixels to move the outline by; null where no place was found.</summary>
    private Vertex? Find(LesionOutline outline)
    {
        var reach = outline.Reach;
        var apart = Apart / options.Mpp.X;
        for (var i = 0; i < Tries; i++)
        {
            var (x, y) = ((double)random.Below(options.Width), (double)random.Below(options.Height));
            if (tissue.Depth(x, y) < Depth)
                continue;
            if (taken.Exists(t => Near(t.X - x, t.Y - y, t.Reach + reach + apart)))
                continue;
            if (LiesInTissue(outline.Polygon.Outer, x, y))
                return new Vertex(x, y);
        }
        return null;
    }

    private bool LiesInTissue(Ring outer, double x, double y)
    {
        // The ring, then smaller copies of it: it is star-shaped, and what lies between them is narrow.
        for (var part = 1.0; part > 0; part -= 0.125)
        {
            foreach (var p in outer.Points)
            {
                var (px, py) = (x + (part * p.X), y + (part * p.Y));
                if (px < 1 || py < 1 || px > options.Width - 1 || py > options.Height - 1)
                    return false;
                if (tissue.Depth(px, py) < Depth)
                    return false;
            }
        }
        return true;
    }

    private ArgumentException NoRoom(LesionOrder order, double axis)
    {
        var mpp = options.Mpp.X;
        return new ArgumentException(
            FormattableString.Invariant(
                $"no room for a lesion of {axis:0} µm ({LesionOrder.Name(order.Class)}) in the tissue of a slide of "
            )
                + FormattableString.Invariant(
                    $"{options.Width} × {options.Height} pixels, {options.Width * mpp / 1000:0.00} × {options.Height * mpp / 1000:0.00} mm at {mpp} µm/px: "
                )
                + "a larger slide, coarser pixels, more tissue, or fewer or smaller lesions"
        );
    }

    // Hundredths of a pixel: what is painted and what is written to XML are the same short numbers.
    private static Vertex Exact(Vertex p, Vertex place) =>
        new(Math.Round((p.X + place.X) * 100) / 100, Math.Round((p.Y + place.Y) * 100) / 100);

    private static bool Near(double dx, double dy, double distance) => (dx * dx) + (dy * dy) < distance * distance;

    /// <summary>base^exponent for an exponent in [0, 1], by square roots: equal on every machine.</summary>
    private static double Power(double value, double exponent)
    {
        var result = 1.0;
        for (var bit = 0; bit < 20; bit++)
        {
            value = Math.Sqrt(value);
            exponent *= 2;
            if (exponent < 1)
                continue;
            exponent -= 1;
            result *= value;
        }
        return result;
    }
}
