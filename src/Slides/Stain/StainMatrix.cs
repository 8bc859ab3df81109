namespace Coverslip.Slides.Stain;

/// <summary>The directions of haematoxylin and eosin: non-negative, of unit length, at least 2° apart.</summary>
public sealed record StainMatrix
{
    /// <summary>
    /// Nearer to each other, concentrations are noise: their errors grow as 1 / sin² of the angle. Vahadane finds 3°
    /// and more in patches of 50 × 50 pixels of real tissue, and 1 to 2° where one stain alone was painted.
    /// </summary>
    internal const double LeastDegreesApart = 2;

    /// <exception cref="ArgumentException">
    /// A vector that is negative or not of unit length, or two that are nearer than 2°.
    /// </exception>
    public StainMatrix(StainVector haematoxylin, StainVector eosin)
    {
        foreach (var (name, vector) in new[] { (nameof(haematoxylin), haematoxylin), (nameof(eosin), eosin) })
        {
            if (!(vector.Least >= 0))
                throw new ArgumentException($"{name} is {vector}; no density of a stain is negative");
            if (!(Math.Abs(vector.Length - 1) < 1e-3))
                throw new ArgumentException($"{name} is {vector}, of length {vector.Length:F4}; its length is 1");
        }
        (Haematoxylin, Eosin) = (haematoxylin, eosin);
        if (!(DegreesApart >= LeastDegreesApart))
        {
            throw new ArgumentException(
                $"the stains {haematoxylin} and {eosin} are {DegreesApart:F2}° apart, less than {LeastDegreesApart}°"
            );
        }
    }

    /// <summary>The blue-violet stain of nuclei.</summary>
    public StainVector Haematoxylin { get; }

    /// <summary>The pink stain of fibres and cell bodies.</summary>
    public StainVector Eosin { get; }

    /// <summary>The angle between the two in degrees.</summary>
    public double DegreesApart => Haematoxylin.DegreesTo(Eosin);

    /// <summary>Two directions found in an image.</summary>
    /// <exception cref="StainException">They are nearer than <paramref name="least"/> degrees: one stain.</exception>
    internal static StainMatrix Of(StainVector haematoxylin, StainVector eosin, double least = LeastDegreesApart)
    {
        var (h, e) = (haematoxylin.Unit(), eosin.Unit());
        var degrees = h.DegreesTo(e);
        if (degrees >= least)
            return new StainMatrix(h, e);
        throw new StainException(
            FormattableString.Invariant(
                $"one stain only: the two directions found are {degrees:F2}° apart, less than {least}°"
            )
        );
    }
}
