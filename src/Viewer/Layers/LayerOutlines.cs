using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Viewer.Contents;

namespace Coverslip.Viewer.Layers;

/// <summary>A shape as the page draws it.</summary>
/// <param name="Kind">polygon, points or line.</param>
/// <param name="Class">Its class; "" without one.</param>
/// <param name="Name">As it was called.</param>
/// <param name="Color">#rrggbb of the file; null where it names none.</param>
/// <param name="Rings">x, y, x, y… in pixels of level 0; of a polygon with its holes.</param>
internal sealed record LayerShape(
    string Kind,
    string Class,
    string Name,
    string? Color,
    IReadOnlyList<IReadOnlyList<double>> Rings
);

/// <summary>Outlines over a slide.</summary>
internal sealed record LayerOutlines(IReadOnlyList<LayerShape> Shapes, IReadOnlyList<string> Notes)
{
    /// <summary>Of annotations in any format that is read, of tissue, or of a mask.</summary>
    /// <param name="layer">What to read.</param>
    /// <param name="slide">The slide's sides.</param>
    internal static LayerOutlines Read(ShownLayer layer, (long Width, long Height) slide) =>
        layer.Kind == LayerKind.Truth ? OfMask(layer.File.Path, slide) : OfFile(layer.File.Path);

    private static LayerOutlines OfFile(string path)
    {
        var set = AnnotationFile.Read(path);
        return new LayerOutlines([.. set.Annotations.SelectMany(a => ShapesOf(a, set))], set.Notes);
    }

    private static IEnumerable<LayerShape> ShapesOf(Annotation annotation, AnnotationSet set)
    {
        var color =
            annotation.Color
            ?? annotation.ClassColor
            ?? set.Groups.FirstOrDefault(g => g.Name == annotation.Class)?.Color;
        var kind = annotation.Kind switch
        {
            AnnotationKind.Points => "points",
            AnnotationKind.Line => "line",
            _ => "polygon",
        };
        // What is cut out of others is drawn, too, named as such.
        var named = annotation.CutFrom is null
            ? annotation.Class ?? ""
            : $"not {string.Join(", ", annotation.CutFrom)}";
        foreach (var polygon in annotation.IsArea ? annotation.Areas : annotation.Polygons)
            yield return new LayerShape(
                kind,
                named,
                annotation.Name,
                color is { } c ? $"#{c.R:x2}{c.G:x2}{c.B:x2}" : null,
                Rings(polygon)
            );
    }

    private static LayerOutlines OfMask(string path, (long Width, long Height) slide)
    {
        using var mask = MaskFile.Read(path);
        return new LayerOutlines(
            [
                .. MaskOutline
                    .TraceOver(mask, slide.Width)
                    .Select(p => new LayerShape("polygon", "truth", "", null, Rings(p))),
            ],
            []
        );
    }

    internal static IReadOnlyList<IReadOnlyList<double>> Rings(RingPolygon polygon) =>
        [
            .. polygon
                .Holes.Prepend(polygon.Outer)
                .Select(r => r.Points.SelectMany(p => new[] { Math.Round(p.X, 2), Math.Round(p.Y, 2) }).ToArray()),
        ];
}
