using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>How an annotation's points are meant.</summary>
public enum AnnotationKind
{
    Polygon = 0,

    /// <summary>Its points are its corners.</summary>
    Rectangle = 1,

    /// <summary>Its points are corners of the rectangle around it (Aperio).</summary>
    Ellipse = 2,

    /// <summary>A smooth line through its points (ASAP); as an area it is taken as the polygon through them.</summary>
    Spline = 3,

    /// <summary>Points that belong to no line; no area.</summary>
    Points = 4,

    /// <summary>An open line, an arrow, a ruler; no area.</summary>
    Line = 5,
}

/// <summary>A number that belongs to an annotation.</summary>
public readonly record struct Measurement(string Name, double Value);

/// <summary>Something that was drawn onto a slide.</summary>
public sealed record Annotation
{
    /// <summary>Empty where it has none.</summary>
    public string Name { get; init; } = "";

    public AnnotationKind Kind { get; init; }

    /// <summary>
    /// Its class: ASAP's group, QuPath's classification, Aperio's layer. Null without one.
    /// </summary>
    public string? Class { get; init; }

    /// <summary>QuPath's color of the class, as this annotation has it.</summary>
    public RgbColor? ClassColor { get; init; }

    /// <summary>A color of its own.</summary>
    public RgbColor? Color { get; init; }

    /// <summary>
    /// Rings in pixels of level 0 as they were drawn, valid or not. A kind that is no area has its points in the outer
    /// ring of its polygons.
    /// </summary>
    public required IReadOnlyList<RingPolygon> Polygons { get; init; }

    /// <summary>
    /// Null for what is annotated; else this is cut out of the annotations of these classes, of all where none is
    /// named.
    /// </summary>
    public IReadOnlyList<string>? CutFrom { get; init; }

    public IReadOnlyList<Measurement> Measurements { get; init; } = [];

    /// <summary>QuPath's objectType, such as "annotation" or "detection".</summary>
    public string? ObjectType { get; init; }

    /// <summary>QuPath's isLocked.</summary>
    public bool? IsLocked { get; init; }

    /// <summary>What only this format holds: attributes by name, members as JSON, elements (named &lt;…&gt;) as
    /// XML.</summary>
    public IReadOnlyDictionary<string, string> Further { get; init; } = NoFurther;

    internal static readonly IReadOnlyDictionary<string, string> NoFurther = new Dictionary<string, string>();

    /// <summary>Whether it encloses an area.</summary>
    public bool IsArea => Kind is not (AnnotationKind.Points or AnnotationKind.Line);

    /// <summary>The polygons as areas: an ellipse becomes one of 360 corners with the ellipse's area.</summary>
    public IEnumerable<RingPolygon> Areas =>
        !IsArea ? []
        : Kind == AnnotationKind.Ellipse ? Polygons.Select(p => p.Select(Ellipse))
        : Polygons;

    /// <summary>"annotation 'Annotation 3'", for errors and reports.</summary>
    internal string Described => Name.Length > 0 ? $"annotation '{Name}'" : $"annotation of {Class ?? "no class"}";

    private static Ring Ellipse(Ring corners)
    {
        if (corners.Points.Count == 0)
            return corners;
        const int count = 360;
        var (left, right) = (corners.Points.Min(p => p.X), corners.Points.Max(p => p.X));
        var (top, bottom) = (corners.Points.Min(p => p.Y), corners.Points.Max(p => p.Y));
        // A polygon within a circle has n/2 sin(2π/n) of its square radius, the circle π.
        var larger = Math.Sqrt(2 * Math.PI / count / Math.Sin(2 * Math.PI / count)) / 2;
        return new Ring([
            .. Enumerable
                .Range(0, count)
                .Select(i => Math.SinCos(2 * Math.PI * i / count))
                .Select(at => new Vertex(
                    ((left + right) / 2) + (at.Cos * larger * (right - left)),
                    ((top + bottom) / 2) + (at.Sin * larger * (bottom - top))
                )),
        ]);
    }
}
