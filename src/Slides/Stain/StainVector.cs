namespace Coverslip.Slides.Stain;

/// <summary>A stain's optical density in red, green and blue per unit of stain, in natural units.</summary>
public readonly record struct StainVector(double R, double G, double B)
{
    /// <summary>Euclidean length; 1 in a <see cref="StainMatrix"/>.</summary>
    public double Length => Math.Sqrt(Dot(this));

    /// <summary>The smallest of the three densities.</summary>
    public double Least => Math.Min(R, Math.Min(G, B));

    public double Dot(StainVector other) => (R * other.R) + (G * other.G) + (B * other.B);

    /// <summary>The angle between the two directions in degrees.</summary>
    public double DegreesTo(StainVector other)
    {
        // The arc tangent, since an arc cosine near 1 loses half of the digits.
        var across = new StainVector(
            (G * other.B) - (B * other.G),
            (B * other.R) - (R * other.B),
            (R * other.G) - (G * other.R)
        );
        return double.RadiansToDegrees(Math.Atan2(across.Length, Dot(other)));
    }

    /// <summary>The direction with its negative densities, which no stain has, set to 0, at length 1.</summary>
    internal StainVector Unit()
    {
        var (r, g, b) = (Math.Max(R, 0), Math.Max(G, 0), Math.Max(B, 0));
        var length = new StainVector(r, g, b).Length;
        return new StainVector(r / length, g / length, b / length);
    }

    public override string ToString() => FormattableString.Invariant($"({R:F4}, {G:F4}, {B:F4})");
}
