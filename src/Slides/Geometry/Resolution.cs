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
    /// <summary>The finest and coarsest resolution of scanned slides in µm; 0.1 is 100× with oil.</summary>
    private const double UsualLeast = 0.1;
    private const double UsualMost = 10;
    private const double MicronsPerInch = 25_400;

    /// <summary>What programs write that know no resolution, in pixels per inch.</summary>
    private static readonly int[] PrintResolutions = [72, 96, 150, 300, 600];

    /// <summary>
    /// Why the figure is most likely wrong, with field and value; null where nothing speaks against it. It is used where
    /// nobody gives a better one, but not trained on.
    /// </summary>
    public string? Doubt { get; private init; }

    public static Resolution Of(Mpp byUser) => new(byUser, ResolutionSource.User, "--slide-mpp");

    /// <summary>What a field of the file says.</summary>
    /// <param name="mpp">Plausible along both axes.</param>
    /// <param name="source">The scanner, or a tag.</param>
    /// <param name="field">The field's name.</param>
    public static Resolution Of(Mpp mpp, ResolutionSource source, string field) =>
        new(mpp, source, field) { Doubt = DoubtOf(mpp, field) };

    /// <summary>From the numbers in TIFF's tags; inches and centimeters are known units.</summary>
    public static Resolution OfTiff(double? x, double? y, int unit)
    {
        var microns = unit switch
        {
            2 => MicronsPerInch,
            3 => 10_000.0,
            _ => 0,
        };
        if (x is null || y is null)
            return Unknown("the file has no XResolution and YResolution");
        if (microns == 0)
            return Unknown("its ResolutionUnit is neither inch nor centimeter");
        var mpp = new Mpp(microns / x.Value, microns / y.Value);
        // Programs that know no resolution write 72 to the inch, or 1 to the millimeter.
        return Geometry.Mpp.IsPlausible(mpp.X) && Geometry.Mpp.IsPlausible(mpp.Y)
            ? Of(mpp, ResolutionSource.TiffTag, "XResolution, YResolution")
            : Unknown($"its XResolution would mean {mpp}, which no slide has");
    }

    /// <summary>None, and why.</summary>
    public static Resolution Unknown(string reason) => new(null, ResolutionSource.None, reason);

    /// <summary>The same, taken although a field that should have said it cannot be read.</summary>
    internal Resolution Instead(string unreadable) =>
        Mpp is { } mpp
            ? this with
            {
                Doubt = $"{unreadable}; {mpp} of {Field} was taken instead" + (Doubt is null ? "" : $", and {Doubt}"),
            }
            : Unknown($"{unreadable}; {Field}");

    private static string? DoubtOf(Mpp mpp, string field)
    {
        foreach (var dpi in PrintResolutions)
        {
            if (IsNear(mpp.X) || IsNear(mpp.Y))
                return $"{field} says {mpp}, which is {dpi} dots per inch: a print's resolution, no scanner's";

            bool IsNear(double one) => Math.Abs((MicronsPerInch / dpi / one) - 1) < 0.005;
        }
        return IsUsual(mpp.X) && IsUsual(mpp.Y)
            ? null
            : FormattableString.Invariant(
                $"{field} says {mpp}; scanned slides have {UsualLeast} to {UsualMost} µm per pixel of their finest level"
            );

        static bool IsUsual(double one) => one is >= UsualLeast and <= UsualMost;
    }

    public override string ToString() => Mpp is { } mpp ? $"{mpp} ({Field})" : $"unknown: {Field}";
}
