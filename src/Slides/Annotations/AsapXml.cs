using System.Xml.Linq;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>
/// ASAP's XML (<c>ASAP_Annotations</c>): one ring to an annotation, never closed by a repeated point, in pixels of
/// level
/// 0; groups by name. CAMELYON16 and CAMELYON17 come in it.
/// </summary>
internal static class AsapXml
{
    public const string Root = "ASAP_Annotations";
    private const string None = "None";

    public static AnnotationSet Read(XElement root, string file)
    {
        var elements = root.Named("Annotations").Named("Annotation").ToList();
        var groups = root.Named("AnnotationGroups").Named("Group").Select(ReadGroup).ToList();
        var notes = new List<string>();
        var names = elements.Select(Group).Concat(groups.Select(g => g.Name)).OfType<string>().ToHashSet();
        return new AnnotationSet
        {
            Format = AnnotationFormat.Asap,
            Annotations = [.. elements.Select((element, i) => ReadOne(element, i, names, file, notes))],
            Groups = groups,
            Notes = notes,
            Further = SafeXml.Further(root, "<Annotations>", "<AnnotationGroups>"),
        };
    }

    public static XElement Write(AnnotationSet set)
    {
        var kept = set.Format == AnnotationFormat.Asap;
        var groups = set.Groups.ToList();
        foreach (var annotation in set.Annotations.Where(a => a.Class is not null))
        {
            if (!groups.Exists(g => g.Name == annotation.Class))
                groups.Add(new AnnotationGroup(annotation.Class!) { Color = annotation.ClassColor });
        }
        var colors = groups.DistinctBy(g => g.Name).ToDictionary(g => g.Name, g => g.Color);
        return new XElement(
            Root,
            kept ? SafeXml.Attributes(set.Further) : null,
            new XElement("Annotations", set.Annotations.Select(a => WriteOne(a, kept, colors))),
            new XElement("AnnotationGroups", groups.Select(g => WriteGroup(g, kept))),
            kept ? SafeXml.Elements(set.Further) : null
        );
    }

    private static string? Group(XElement element) =>
        element.Value("PartOfGroup") is { Length: > 0 } name and not None ? name : null;

    private static AnnotationGroup ReadGroup(XElement element) =>
        new(element.Value("Name") ?? "")
        {
            Color = RgbColor.FromHex(element.Value("Color") ?? ""),
            Parent = Group(element),
            Further = SafeXml.Further(element, "Name", "Color", "PartOfGroup"),
        };

    private static Annotation ReadOne(
        XElement element,
        int index,
        HashSet<string> names,
        string file,
        List<string> notes
    )
    {
        var name = element.Value("Name") ?? "";
        var where = name.Length > 0 ? $"annotation '{name}'" : $"annotation {index + 1}";
        var points = element
            .Named("Coordinates")
            .Named("Coordinate")
            .Select(c =>
                (
                    Order: c.Value("Order") is null ? 0 : SafeXml.Number(c, "Order", file, where),
                    At: new Vertex(SafeXml.Number(c, "X", file, where), SafeXml.Number(c, "Y", file, where))
                )
            )
            .OrderBy(c => c.Order)
            .Select(c => c.At)
            .ToList();
        var type = element.Value("Type") ?? "Polygon";
        var color = element.Value("Color");
        if (color is not null && RgbColor.FromHex(color) is null)
            notes.Add($"{where}: Color '{color}' is no #RRGGBB and is left out");
        var further = SafeXml.Further(element, "Name", "PartOfGroup", "Color", "<Coordinates>", "Type");
        if (KindOf(type) is not { } kind)
        {
            notes.Add($"{where}: Type '{type}' is not known; its area is not counted");
            (kind, further["Type"]) = (AnnotationKind.Points, type);
        }
        // PointSet and Dot are both points; the word is kept for writing.
        if (kind == AnnotationKind.Points)
            further["Type"] = type;
        return new Annotation
        {
            Name = name,
            Kind = kind,
            Class = Group(element),
            Color = color is null ? null : RgbColor.FromHex(color),
            CutFrom = AsapGroups.CutFrom(Group(element), names),
            Polygons = [new RingPolygon(new Ring(points))],
            Further = further,
        };
    }

    private static AnnotationKind? KindOf(string type) =>
        type.ToLowerInvariant() switch
        {
            "polygon" => AnnotationKind.Polygon,
            "rectangle" => AnnotationKind.Rectangle,
            "spline" => AnnotationKind.Spline,
            "pointset" or "dot" => AnnotationKind.Points,
            "measurement" => AnnotationKind.Line,
            _ => null,
        };

    private static XElement WriteOne(Annotation annotation, bool kept, Dictionary<string, RgbColor?> colors)
    {
        var type = annotation.Kind switch
        {
            AnnotationKind.Rectangle => "Rectangle",
            AnnotationKind.Spline => "Spline",
            AnnotationKind.Points => "PointSet",
            AnnotationKind.Line => "Measurement",
            _ => "Polygon",
        };
        var further = kept ? annotation.Further : Annotation.NoFurther;
        var color = annotation.Color ?? (annotation.Class is { } its && !kept ? colors[its] : null);
        return new XElement(
            "Annotation",
            new XAttribute("Name", annotation.Name),
            new XAttribute("Type", further.GetValueOrDefault("Type", type)),
            new XAttribute("PartOfGroup", annotation.Class ?? None),
            color is { } shown ? new XAttribute("Color", shown.ToString()) : null,
            SafeXml.Attributes(further).Where(a => a.Name != "Type"),
            new XElement(
                "Coordinates",
                annotation
                    .Polygons[0]
                    .Outer.Points.Select(
                        (p, i) =>
                            new XElement(
                                "Coordinate",
                                new XAttribute("Order", i),
                                new XAttribute("X", SafeXml.Text(p.X)),
                                new XAttribute("Y", SafeXml.Text(p.Y))
                            )
                    )
            ),
            SafeXml.Elements(further)
        );
    }

    private static XElement WriteGroup(AnnotationGroup group, bool kept) =>
        new(
            "Group",
            new XAttribute("Name", group.Name),
            new XAttribute("PartOfGroup", (kept ? group.Parent : null) ?? None),
            group.Color is not null || !kept ? new XAttribute("Color", (group.Color ?? default).ToString()) : null,
            kept ? SafeXml.Attributes(group.Further) : null,
            kept ? SafeXml.Elements(group.Further) : new XElement("Attributes")
        );
}
