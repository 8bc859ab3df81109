using System.Globalization;

namespace Coverslip.Slides.Geometry;

/// <summary>A resolution in microns per pixel, along each axis.</summary>
/// <param name="X">Microns from one column to the next.</param>
/// <param name="Y">Microns from one row to the next.</param>
public readonly record struct Mpp(double X, double Y)
{
    /// <summary>The finest and coarsest resolution that a slide may have: beyond them a tag holds something else.</summary>
    public const double Least = 0.01;
    public const double Most = 200;

    /// <summary>The same along both axes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not between 0.01 and 200 µm.</exception>
    public static Mpp Of(double both)
    {
        if (!IsPlausible(both))
        {
            throw new ArgumentOutOfRangeException(
                nameof(both),
                FormattableString.Invariant($"{both} µm per pixel; a slide has between {Least} and {Most}")
            );
        }
        return new Mpp(both, both);
    }

    /// <summary>Whether a slide can have it; NaN is none.</summary>
    public static bool IsPlausible(double mpp) => mpp is >= Least and <= Most;

    public override string ToString() =>
        X == Y
            ? string.Create(CultureInfo.InvariantCulture, $"{X:0.####} µm/px")
            : string.Create(CultureInfo.InvariantCulture, $"{X:0.####} × {Y:0.####} µm/px");
}
