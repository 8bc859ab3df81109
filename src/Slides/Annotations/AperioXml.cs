using System.Globalization;
using System.Xml.Linq;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>
/// Aperio ImageScope's XML: layers (<c>Annotation</c>) of regions, each one ring in pixels of level 0. A region with
/// <c>NegativeROA="1"</c> is cut out of its layer. HALO writes the same with types in words, vertices called <c>V</c>, and
/// rectangles by two corners.
/// </summary>
internal static class AperioXml
{
    public const string Root = "Annotations";
    private const string RawName = "Name";
    private const string Headers = "<RegionAttributeHeaders>";

    public static AnnotationSet Read(XElement root, string file)
    {
        var layers = root.Named("Annotation").ToList();
        var groups = new List<AnnotationGroup>();
        var annotations = new List<Annotation>();
        var notes = new List<string>();
        foreach (var (index, layer) in layers.Index())
        {
            var group = ReadLayer(layer, index, layers);
            groups.Add(group);
            foreach (var (number, region) in layer.Named("Regions").Named("Region").Index())
            {
                var where = $"layer '{group.Name}', region {region.Value("Id") ?? $"{number + 1}"}";
                annotations.Add(ReadRegion(region, group.Name, where, file, notes));
            }
        }
        if (layers.Named("Regions").Named("Region").Count(IsHalo) is > 0 and var halo)
            notes.Add($"HALO's form, {halo} regions");
        return new AnnotationSet
        {
            Format = AnnotationFormat.Aperio,
            Annotations = annotations,
            Groups = groups,
            Notes = notes,
            Further = SafeXml.Further(root, "<Annotation>"),
        };
    }

    public static XElement Write(AnnotationSet set)
    {
        var kept = set.Format == AnnotationFormat.Aperio;
        var groups = set.Groups.ToList();
        foreach (var annotation in set.Annotations)
        {
            if (!groups.Exists(g => g.Name == annotation.Class))
                groups.Add(new AnnotationGroup(annotation.Class ?? "") { Color = annotation.ClassColor });
        }
        // Cut-outs lie in the layers that they are cut out of; the groups that held them elsewhere are empty then.
        if (!kept)
            groups.RemoveAll(g => set.Annotations.All(a => a.Class != g.Name));
        return new XElement(
            Root,
            kept ? SafeXml.Attributes(set.Further) : null,
            groups.Select((group, i) => WriteLayer(group, i, set, kept)),
            kept ? SafeXml.Elements(set.Further) : null
        );
    }

    /// <summary>Layers may share a name or have none; their regions must not be mixed.</summary>
    private static AnnotationGroup ReadLayer(XElement layer, int index, List<XElement> all)
    {
        var name = layer.Value(RawName) ?? "";
        var id = layer.Value("Id") ?? $"{index + 1}";
        var isUnique = all.Count(other => (other.Value(RawName) ?? "") == name) == 1;
        var further = SafeXml.Further(layer, RawName, "LineColor", "<Regions>");
        foreach (var headers in layer.Named("Regions").Named("RegionAttributeHeaders"))
            further[Headers] = headers.ToString(SaveOptions.DisableFormatting);
        var unique =
            name.Length == 0 ? $"layer {id}"
            : isUnique ? name
            : $"{name} (layer {id})";
        if (unique != name)
            further[RawName] = name;
        var hasColor = int.TryParse(layer.Value("LineColor"), CultureInfo.InvariantCulture, out var color);
        return new AnnotationGroup(unique) { Color = hasColor ? RgbColor.FromBgr(color) : null, Further = further };
    }

    private static Annotation ReadRegion(XElement region, string layer, string where, string file, List<string> notes)
    {
        var points = region
            .Named("Vertices")
            .Elements()
            .Where(v => SafeXml.Is(v, "Vertex") || SafeXml.Is(v, "V"))
            .Select(v => new Vertex(SafeXml.Number(v, "X", file, where), SafeXml.Number(v, "Y", file, where)))
            .ToList();
        if (region.Named("Vertices").Named("Vertex").Any(v => v.Value("Z") is not (null or "" or "0")))
            notes.Add($"{where}: its vertices' Z is left out");
        var type = region.Value("Type") ?? "0";
        var further = SafeXml.Further(region, "NegativeROA", "Text", "Type", "<Vertices>");
        if (KindOf(type) is not { } kind)
        {
            notes.Add($"{where}: Type '{type}' is not known; its area is not counted");
            kind = AnnotationKind.Points;
        }
        // Words are HALO's; what is written is Aperio's.
        if (type.All(char.IsAsciiDigit))
            further["Type"] = type;
        if (kind == AnnotationKind.Rectangle && points is [var one, var other])
            points = [one, new(other.X, one.Y), other, new(one.X, other.Y)];
        return new Annotation
        {
            Name = region.Value("Text") ?? "",
            Kind = kind,
            Class = layer,
            CutFrom = region.Value("NegativeROA")?.ToLowerInvariant() is "1" or "true" ? [layer] : null,
            Polygons = [new RingPolygon(new Ring(points))],
            Further = further,
        };
    }

    private static bool IsHalo(XElement region) =>
        region.Named("Vertices").Named("V").Any() || region.Value("Type")?.All(char.IsAsciiLetter) == true;

    private static AnnotationKind? KindOf(string type) =>
        type.ToLowerInvariant() switch
        {
            "0" or "polygon" => AnnotationKind.Polygon,
            "1" or "rectangle" => AnnotationKind.Rectangle,
            "2" or "ellipse" => AnnotationKind.Ellipse,
            "5" or "points" or "pin" => AnnotationKind.Points,
            "line" or "arrow" or "ruler" => AnnotationKind.Line,
            // Arrows, rulers, and what later versions draw.
            var number => number.All(char.IsAsciiDigit) ? AnnotationKind.Line : null,
        };

    private static XElement WriteLayer(AnnotationGroup group, int index, AnnotationSet set, bool kept)
    {
        var further = kept ? group.Further : Annotation.NoFurther;
        var regions = set.Annotations.Where(a => (a.Class ?? "") == group.Name).ToList();
        var id = kept ? null : new XAttribute("Id", index + 1);
        return new XElement(
            "Annotation",
            id,
            new XAttribute(RawName, further.GetValueOrDefault(RawName, group.Name)),
            group.Color is { } color ? new XAttribute("LineColor", color.ToBgr()) : null,
            SafeXml.Attributes(further).Where(a => a.Name != RawName),
            SafeXml.Elements(further).Where(e => e.Name != Headers.Trim('<', '>')),
            new XElement(
                "Regions",
                SafeXml.Elements(further).Where(e => e.Name == Headers.Trim('<', '>')),
                regions.Select((region, i) => WriteRegion(region, i, kept))
            )
        );
    }

    private static XElement WriteRegion(Annotation region, int index, bool kept)
    {
        var type = region.Kind switch
        {
            AnnotationKind.Rectangle => "1",
            AnnotationKind.Ellipse => "2",
            AnnotationKind.Line => "4",
            AnnotationKind.Points => "5",
            _ => "0",
        };
        var further = kept ? region.Further : Annotation.NoFurther;
        return new XElement(
            "Region",
            kept ? null : new XAttribute("Id", index + 1),
            new XAttribute("Type", further.GetValueOrDefault("Type", type)),
            new XAttribute("Text", region.Name),
            new XAttribute("NegativeROA", region.CutFrom is null ? 0 : 1),
            SafeXml.Attributes(further).Where(a => a.Name != "Type"),
            SafeXml.Elements(further),
            new XElement(
                "Vertices",
                region
                    .Polygons[0]
                    .Outer.Points.Select(p => new XElement(
                        "Vertex",
                        new XAttribute("X", SafeXml.Text(p.X)),
                        new XAttribute("Y", SafeXml.Text(p.Y)),
                        new XAttribute("Z", 0)
                    ))
            )
        );
    }
}
