using Coverslip.Slides.Geometry;

namespace Coverslip.Phantoms;

/// <summary>What a lesion is called by its major axis, as pN staging does.</summary>
public enum LesionClass
{
    /// <summary>Isolated tumor cells: under 0.2 mm. Painted from 60 to 170 µm.</summary>
    Itc = 0,

    /// <summary>Micro-metastasis: 0.2 to 2 mm. Painted from 260 to 1,900 µm.</summary>
    Micro = 1,

    /// <summary>Macro-metastasis: above 2 mm. Painted from 2,100 to 6,000 µm.</summary>
    Macro = 2,
}

/// <summary>A lesion that is asked for.</summary>
/// <param name="Class">Its class.</param>
/// <param name="MajorAxis">In microns, within the class's range; null: drawn from it, as large as there is room.</param>
public sealed record LesionOrder(LesionClass Class, double? MajorAxis = null)
{
    /// <summary>Whether it is left out where there is no room for it, instead of ending in an error.</summary>
    public bool IfRoom { get; init; }

    /// <summary>
    /// The sizes that are painted, in microns. The gaps beside 0.2 and 2 mm keep a lesion in its class also where it is
    /// measured on a coarse mask, or with the 37.5 µm around it that the CAMELYON16 evaluation adds.
    /// </summary>
    public static (double Least, double Most) Range(LesionClass kind) =>
        kind switch
        {
            LesionClass.Itc => (60, 170),
            LesionClass.Micro => (260, 1900),
            _ => (2100, 6000),
        };

    internal void Check()
    {
        var (least, most) = Range(Class);
        if (MajorAxis is { } axis && !(axis >= least && axis <= most))
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"a lesion of class {Name(Class)} with a major axis of {axis} µm; it goes from {least} to {most}"
                )
            );
    }

    /// <summary>itc, micro or macro.</summary>
    public static string Name(LesionClass kind) =>
        kind switch
        {
            LesionClass.Itc => "itc",
            LesionClass.Micro => "micro",
            _ => "macro",
        };
}

/// <summary>A lesion that lies on a slide.</summary>
/// <param name="Class">Its class.</param>
/// <param name="Outline">In pixels of level 0; the painted tumor is every pixel whose center lies inside.</param>
/// <param name="MajorAxis">In microns: of the ellipse with the same second moments as what the outer ring encloses.</param>
/// <param name="Area">In mm², without holes.</param>
public sealed record PhantomLesion(LesionClass Class, RingPolygon Outline, double MajorAxis, double Area);
