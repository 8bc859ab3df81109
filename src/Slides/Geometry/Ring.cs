namespace Coverslip.Slides.Geometry;

/// <summary>A place in pixels of level 0, or of a mask; (0, 0) is the top left corner of the first pixel.</summary>
public readonly record struct Vertex(double X, double Y)
{
    /// <summary>No slide has so many pixels to a side, 2^40; areas of greater places would have no digit left.</summary>
    public const double Farthest = 1L << 40;

    public override string ToString() => FormattableString.Invariant($"({X}, {Y})");
}

/// <summary>A closed line through its points; the last is joined to the first, whether or not they are equal.</summary>
public sealed record Ring(IReadOnlyList<Vertex> Points)
{
    private bool? surelySimple;

    private Ring(Ring other) => Points = other.Points; // what is asked once is asked anew of other points

    /// <summary>What <see cref="SimpleRing.Surely"/> says of it, asked once.</summary>
    internal bool IsSurelySimple => surelySimple ??= SimpleRing.Surely(Points);

    /// <summary>The shoelace sum: positive where the ring runs clockwise on the screen, where y grows
    /// downwards.</summary>
    public double SignedArea
    {
        get
        {
            if (Points.Count == 0)
                return 0;
            // From the first point, so that far from the corner of a large slide no digits are lost.
            var (sum, origin) = (0.0, Points[0]);
            for (var i = 1; i + 1 < Points.Count; i++)
            {
                var (a, b) = (Points[i], Points[i + 1]);
                sum += ((a.X - origin.X) * (b.Y - origin.Y)) - ((b.X - origin.X) * (a.Y - origin.Y));
            }
            return sum / 2;
        }
    }

    /// <summary>The same ring elsewhere.</summary>
    public Ring Moved(double dx, double dy) => new([.. Points.Select(p => new Vertex(p.X + dx, p.Y + dy))]);

    /// <summary>The same ring in other units: each point times a factor, then moved.</summary>
    public Ring Placed(Vertex scale, Vertex origin) =>
        new([.. Points.Select(p => new Vertex((p.X * scale.X) + origin.X, (p.Y * scale.Y) + origin.Y))]);

    public bool Equals(Ring? other) => other is not null && Points.SequenceEqual(other.Points);

    public override int GetHashCode() => HashCode.Combine(Points.Count, Points.Count > 0 ? Points[0] : default);
}

/// <summary>What a ring encloses, without what its holes enclose.</summary>
public sealed record RingPolygon(Ring Outer, IReadOnlyList<Ring> Holes)
{
    public RingPolygon(Ring outer)
        : this(outer, []) { }

    /// <summary>The same polygon, each of its rings changed.</summary>
    public RingPolygon Select(Func<Ring, Ring> change) => new(change(Outer), [.. Holes.Select(change)]);

    public bool Equals(RingPolygon? other) =>
        other is not null && Outer.Equals(other.Outer) && Holes.SequenceEqual(other.Holes);

    public override int GetHashCode() => HashCode.Combine(Outer, Holes.Count);
}
