using System.Globalization;
using System.Text;
using System.Text.Json;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>
/// GeoJSON as QuPath writes it, in all its versions: a collection of features, a bare array of them, one feature, or
/// one
/// geometry; the class as <c>{name, color}</c>, as <c>{name, colorRGB}</c>, as <c>{names}</c> or as plain text;
/// measurements as an array of <c>{name, value}</c> or as an object. Other members are kept as they are.
/// </summary>
internal sealed class GeoJsonReader(string file)
{
    private readonly List<string> notes = [];
    private readonly Dictionary<string, int> leftOut = [];
    private GeoJsonCoordinates Places => new(file, notes);

    public AnnotationSet Read(byte[] bytes)
    {
        var document = SafeJson.Parts(bytes, file);
        var further = new Dictionary<string, string>();
        var features = Features(document, further);
        var read = new List<Annotation>();
        foreach (var (index, feature) in features.Index())
        {
            // One at a time: a document of all takes several times the file's size.
            using var json = SafeJson.Parse(feature, file, $"feature {index + 1}");
            if (ReadFeature(json.RootElement, index) is { } annotation)
                read.Add(annotation);
        }
        var counts = leftOut.Select(o => $"{o.Value} of {features.Count} features: {o.Key}").ToList();
        if (read.Count == 0 && features.Count > 0)
            throw Wrong($"no shape in it is understood; {string.Join("; ", counts)}");
        notes.AddRange(counts);
        return new AnnotationSet
        {
            Format = AnnotationFormat.GeoJson,
            Annotations = read,
            Notes = notes,
            Further = further,
        };
    }

    private IReadOnlyList<ReadOnlyMemory<byte>> Features(JsonParts document, Dictionary<string, string> further)
    {
        if (document.Items is { } bare)
            return bare;
        var type = document.Text("type");
        if (type != "FeatureCollection")
            return type is null
                ? throw Wrong(
                    "JSON, but no GeoJSON: neither an array nor an object with a type; other forms (COCO, Digital Slide Archive …) are not read: export it as GeoJSON"
                )
                : [document.Whole];
        foreach (var (name, value, _) in document.Members.Where(m => m.Name is not ("type" or "features")))
            further[name] = Encoding.UTF8.GetString(value.Span);
        return document.ItemsOf("features") ?? throw Wrong("a FeatureCollection without an array of features");
    }

    private Annotation? ReadFeature(JsonElement feature, int index)
    {
        var where = $"feature {index + 1}";
        if (feature.ValueKind != JsonValueKind.Object)
            throw Wrong($"{where} is no object");
        var isFeature = Text(feature, "type") == "Feature";
        var further = new Dictionary<string, string>();
        if (isFeature)
            Keep(feature, "", further, "type", "geometry", "properties");
        var properties = isFeature ? Member(feature, "properties") : null;
        var annotation = new Annotation { Polygons = [], Further = further };
        if (properties is { ValueKind: JsonValueKind.Object } its)
            annotation = ReadProperties(annotation, its, further, where);
        var geometry = isFeature ? Member(feature, "geometry") : feature;
        return geometry is { ValueKind: JsonValueKind.Object } shape
            ? ReadGeometry(annotation, shape, further, where)
            : LeftOut("no geometry, left out");
    }

    private Annotation? LeftOut(string what)
    {
        leftOut[what] = leftOut.GetValueOrDefault(what) + 1;
        return null;
    }

    private Annotation ReadProperties(
        Annotation annotation,
        JsonElement properties,
        Dictionary<string, string> further,
        string where
    )
    {
        Keep(
            properties,
            "properties.",
            further,
            "name",
            "color",
            "colorRGB",
            "classification",
            "measurements",
            "objectType",
            "isLocked"
        );
        var (name, color) = ReadClass(properties, further, where);
        return annotation with
        {
            Name = Text(properties, "name") ?? "",
            Color = ReadColor(properties, where),
            Class = name,
            ClassColor = color,
            Measurements = ReadMeasurements(properties, where),
            ObjectType = Text(properties, "objectType"),
            IsLocked = Member(properties, "isLocked")?.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            },
        };
    }

    private (string? Name, RgbColor? Color) ReadClass(
        JsonElement properties,
        Dictionary<string, string> further,
        string where
    )
    {
        if (Member(properties, "classification") is not { } given)
            return (null, null);
        if (given.ValueKind == JsonValueKind.String)
            return (given.GetString(), null);
        if (given.ValueKind != JsonValueKind.Object)
            throw Wrong($"{where}: its classification is neither text nor an object");
        Keep(given, "classification.", further, "name", "names", "color", "colorRGB");
        // A derived class, "Tumor: Positive", has had its parts in a list since QuPath 0.4.
        var name = Member(given, "names") is { ValueKind: JsonValueKind.Array } parts
            ? string.Join(": ", parts.EnumerateArray().Select(part => part.ToString()))
            : Text(given, "name");
        return (name, ReadColor(given, where));
    }

    private RgbColor? ReadColor(JsonElement owner, string where)
    {
        if (Member(owner, "color") is { ValueKind: JsonValueKind.Array } parts)
        {
            var rgb = parts.EnumerateArray().ToList();
            if (rgb.Count is 3 or 4 && rgb.TrueForAll(part => part.TryGetNumber(out var v) && v is >= 0 and <= 255))
                return new RgbColor((byte)rgb[0].GetDouble(), (byte)rgb[1].GetDouble(), (byte)rgb[2].GetDouble());
            notes.Add($"{where}: color {parts.GetRawText()} is no red, green, blue and is left out");
        }
        if (Member(owner, "colorRGB") is { ValueKind: JsonValueKind.Number } packed && packed.TryGetInt32(out var word))
            return RgbColor.FromRgb(word);
        return null;
    }

    private List<Measurement> ReadMeasurements(JsonElement properties, string where)
    {
        var all = new List<Measurement>();
        if (Member(properties, "measurements") is not { } given)
            return all;
        if (given.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in given.EnumerateObject())
                Add(member.Name, member.Value);
        }
        else if (given.ValueKind == JsonValueKind.Array)
        {
            foreach (var entry in given.EnumerateArray())
            {
                if (entry.ValueKind != JsonValueKind.Object || Text(entry, "name") is not { } name)
                    throw Wrong($"{where}: the measurement {entry.GetRawText()} has no name");
                Add(name, Member(entry, "value"));
            }
        }
        else
            throw Wrong($"{where}: its measurements are neither a list nor an object");
        return all;

        void Add(string name, JsonElement? value)
        {
            var word = value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
            if (value is { ValueKind: JsonValueKind.Number } number)
                all.Add(new Measurement(name, number.GetDouble()));
            else if (value is null || word is "NaN" or "Infinity" or "-Infinity")
                all.Add(new Measurement(name, double.Parse(word ?? "NaN", CultureInfo.InvariantCulture)));
            else
                notes.Add($"{where}: measurement '{name}' is {value?.GetRawText()}, no number, and is left out");
        }
    }

    private Annotation? ReadGeometry(
        Annotation annotation,
        JsonElement geometry,
        Dictionary<string, string> further,
        string where
    )
    {
        Keep(geometry, "geometry.", further, "type", "coordinates", "geometries");
        var type = Text(geometry, "type");
        var polygons = new List<RingPolygon>();
        if (type == "GeometryCollection")
            return ReadCollection(annotation, geometry, further, where);
        if (type is null)
            throw Wrong($"{where}: a geometry without a type; polygons, lines and points are read");
        if (Member(geometry, "coordinates") is not { ValueKind: JsonValueKind.Array } coordinates)
            throw Wrong($"{where}: a {type} without coordinates");
        if (coordinates.GetArrayLength() == 0)
            return LeftOut("empty coordinates, left out");
        switch (type)
        {
            case "Polygon":
                polygons.AddRange(Places.ReadPolygon(coordinates, where));
                break;
            case "MultiPolygon":
                polygons.AddRange(
                    Places.Items(coordinates, where).SelectMany(polygon => Places.ReadPolygon(polygon, where))
                );
                break;
            case "Point":
                polygons.Add(new RingPolygon(new Ring([Places.ReadVertex(coordinates, where)])));
                break;
            case "MultiPoint" or "LineString":
                polygons.Add(new RingPolygon(Places.ReadLine(coordinates, where)));
                break;
            case "MultiLineString":
                polygons.AddRange(
                    Places.Items(coordinates, where).Select(line => new RingPolygon(Places.ReadLine(line, where)))
                );
                break;
            default:
                throw Wrong($"{where}: a geometry of type '{type}'; polygons, lines and points are read");
        }
        if (polygons.Count == 0)
            return LeftOut("empty coordinates, left out");
        // One polygon may be called a MultiPolygon, one point a MultiPoint; the word is kept.
        if (type is "MultiPolygon" or "MultiPoint" or "MultiLineString")
            further["geometry.type"] = type;
        var kind =
            type.EndsWith("Point", StringComparison.Ordinal) ? AnnotationKind.Points
            : type.EndsWith("String", StringComparison.Ordinal) ? AnnotationKind.Line
            : AnnotationKind.Polygon;
        return annotation with { Kind = kind, Polygons = polygons, Further = further };
    }

    /// <summary>The polygons of a collection, as one annotation; its lines and points have no area and are left out.</summary>
    private Annotation? ReadCollection(
        Annotation annotation,
        JsonElement collection,
        Dictionary<string, string> further,
        string where
    )
    {
        var polygons = new List<RingPolygon>();
        var all = Member(collection, "geometries") is { ValueKind: JsonValueKind.Array } members ? members : default;
        foreach (var member in all.ValueKind == JsonValueKind.Array ? all.EnumerateArray() : default)
        {
            if (member.ValueKind != JsonValueKind.Object)
                throw Wrong($"{where}: {member.GetRawText()} in its collection is no geometry");
            var coordinates = Member(member, "coordinates") ?? default;
            if (Text(member, "type") == "Polygon")
                polygons.AddRange(Places.ReadPolygon(coordinates, where));
            else if (Text(member, "type") == "MultiPolygon")
                polygons.AddRange(
                    Places.Items(coordinates, where).SelectMany(polygon => Places.ReadPolygon(polygon, where))
                );
        }
        if (polygons.Count == 0)
            return LeftOut("a GeometryCollection without polygons, left out");
        LeftOut("a GeometryCollection, of which the polygons are read");
        return annotation with { Kind = AnnotationKind.Polygon, Polygons = polygons, Further = further };
    }

    private static void Keep(
        JsonElement owner,
        string prefix,
        Dictionary<string, string> further,
        params string[] known
    )
    {
        foreach (var member in owner.EnumerateObject().Where(m => !known.Contains(m.Name)))
            further[prefix + member.Name] = member.Value.GetRawText();
    }

    private static JsonElement? Member(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private AnnotationException Wrong(string reason) => new(file, reason);
}
