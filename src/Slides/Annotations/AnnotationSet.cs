using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>Formats of annotation files.</summary>
public enum AnnotationFormat
{
    /// <summary>XML of ASAP, the format of CAMELYON.</summary>
    Asap = 0,

    /// <summary>GeoJSON as QuPath writes it.</summary>
    GeoJson = 1,

    /// <summary>XML of Aperio ImageScope.</summary>
    Aperio = 2,
}

/// <summary>A class as ASAP's groups and Aperio's layers hold it: also where nothing belongs to it.</summary>
public sealed record AnnotationGroup(string Name)
{
    public RgbColor? Color { get; init; }

    /// <summary>ASAP: the group that this one belongs to.</summary>
    public string? Parent { get; init; }

    /// <summary>What only this format holds.</summary>
    public IReadOnlyDictionary<string, string> Further { get; init; } = Annotation.NoFurther;
}

/// <summary>The annotations of a slide.</summary>
public sealed record AnnotationSet
{
    /// <summary>The format that <see cref="Further"/> belongs to.</summary>
    public required AnnotationFormat Format { get; init; }

    public required IReadOnlyList<Annotation> Annotations { get; init; }

    public IReadOnlyList<AnnotationGroup> Groups { get; init; } = [];

    /// <summary>What only this format holds, such as Aperio's MicronsPerPixel.</summary>
    public IReadOnlyDictionary<string, string> Further { get; init; } = Annotation.NoFurther;

    /// <summary>What a reader had to leave out or to guess.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The classes that something is annotated with, in their order of appearance; "" is none.</summary>
    public IEnumerable<string> Classes =>
        Annotations.Where(a => a.IsArea && a.CutFrom is null).Select(a => a.Class ?? "").Distinct();

    /// <summary>The same annotations elsewhere: what QuPath counts from a slide's bounds is moved to level 0
    /// so.</summary>
    public AnnotationSet Moved(double dx, double dy) =>
        dx == 0 && dy == 0
            ? this
            : this with
            {
                Annotations =
                [
                    .. Annotations.Select(a =>
                        a with
                        {
                            Polygons = [.. a.Polygons.Select(p => p.Select(ring => ring.Moved(dx, dy)))],
                        }
                    ),
                ],
            };

    /// <summary>What classes cover together; see <see cref="Region(string)"/>.</summary>
    public PolygonRegion Region(IEnumerable<string> names) =>
        PolygonRegion.Of(ValidPolygons.Union(names.Select(name => Region(name).Shape)));

    /// <summary>
    /// What a class covers: the union of its annotations without what is cut out of it. "" is the class of those
    /// without
    /// one.
    /// </summary>
    public PolygonRegion Region(string name)
    {
        var drawn = Annotations.Where(a => a.CutFrom is null && (a.Class ?? "") == name).SelectMany(a => a.Areas);
        var cut = Annotations.Where(a => Cuts(a, name)).SelectMany(a => a.Areas);
        return PolygonRegion.Of(
            ValidPolygons.Without(
                ValidPolygons.Union(drawn.Select(ValidPolygons.Of)),
                ValidPolygons.Union(cut.Select(ValidPolygons.Of))
            )
        );
    }

    /// <summary>Rings that say less than they seem to: what was read, not an error.</summary>
    public IEnumerable<string> Oddities()
    {
        foreach (var annotation in Annotations.Where(a => a.IsArea))
        {
            var rings = annotation.Areas.SelectMany(p => p.Holes.Prepend(p.Outer)).ToList();
            if (rings.Count == 0)
                yield return $"{annotation.Described} has no ring";
            foreach (var ring in rings)
            {
                if (ValidPolygons.IsSimple(ring))
                    continue;
                if (ring.Points.Distinct().Count() < 3)
                    yield return $"{annotation.Described} has {ring.Points.Count} points, and no area";
                else if (ValidPolygons.Of(ring).IsEmpty)
                    yield return $"{annotation.Described} encloses nothing";
                else
                    yield return $"{annotation.Described} crosses or touches itself; what it runs around counts";
            }
        }
    }

    internal static bool Cuts(Annotation annotation, string name) =>
        annotation is { CutFrom: { } classes, IsArea: true } && (classes.Count == 0 || classes.Contains(name));
}
