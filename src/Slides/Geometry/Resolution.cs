namespace Coverslip.Slides.Geometry;

/// <summary>Who says how large a slide's pixels are.</summary>
public enum ResolutionSource
{
    /// <summary>Nobody.</summary>
    None = 0,

    /// <summary>The caller, over what the file says.</summary>
    User = 1,

    /// <summary>The scanner, in its own field.</summary>
    Scanner = 2,

    /// <summary>TIFF's XResolution and YResolution.</summary>
    TiffTag = 3,
}

/// <summary>The resolution of a slide's finest level and where it comes from.</summary>
/// <param name="Mpp">Null where none is recorded.</param>
/// <param name="Source">Who says so.</param>
/// <param name="Field">The field it was read from, such as <c>aperio.MPP</c>; without one, why none was taken.</param>
public sealed record Resolution(Mpp? Mpp, ResolutionSource Source, string Field)
{
    public static Resolution Of(Mpp byUser) => new(byUser, ResolutionSource.User, "--slide-mpp");

    /// <summary>From the numbers in TIFF's tags; inches and centimeters are known units.</summary>
    public static Resolution OfTiff(double? x, double? y, int unit)
    {
        var microns = unit switch
        {
            2 => 25_400.0,
            3 => 10_000.0,
            _ => 0,
        };
        if (x is null || y is null)
            return new Resolution(null, ResolutionSource.None, "the file has no XResolution and YResolution");
        if (microns == 0)
            return new Resolution(null, ResolutionSource.None, "its ResolutionUnit is neither inch nor centimeter");
        var mpp = new Mpp(microns / x.Value, microns / y.Value);
        // Programs that know no resolution write 72 to the inch, or 1 to the millimeter.
        if (!Geometry.Mpp.IsPlausible(mpp.X) || !Geometry.Mpp.IsPlausible(mpp.Y))
            return new Resolution(null, ResolutionSource.None, $"its XResolution would mean {mpp}, which no slide has");
        return new Resolution(mpp, ResolutionSource.TiffTag, "XResolution, YResolution");
    }

    public override string ToString() => Mpp is { } mpp ? $"{mpp} ({Field})" : $"unknown: {Field}";
}
