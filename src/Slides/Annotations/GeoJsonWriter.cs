using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Annotations;

/// <summary>Writes a FeatureCollection as QuPath 0.4 and later write and read it.</summary>
internal static class GeoJsonWriter
{
    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Write(AnnotationSet set, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, Layout);
        var kept = set.Format == AnnotationFormat.GeoJson;
        var colors = set.Groups.DistinctBy(g => g.Name).ToDictionary(g => g.Name, g => g.Color);
        json.WriteStartObject();
        json.WriteString("type", "FeatureCollection");
        WriteFurther(json, kept ? set.Further : Annotation.NoFurther, "");
        json.WriteStartArray("features");
        foreach (var annotation in set.Annotations)
            WriteFeature(json, annotation, kept, colors);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFeature(
        Utf8JsonWriter json,
        Annotation annotation,
        bool kept,
        Dictionary<string, RgbColor?> colors
    )
    {
        var further = kept ? annotation.Further : Annotation.NoFurther;
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        WriteFurther(json, further, "");
        json.WriteStartObject("geometry");
        WriteGeometry(json, annotation, further);
        WriteFurther(json, further, "geometry.");
        json.WriteEndObject();
        json.WriteStartObject("properties");
        if ((annotation.ObjectType ?? (kept ? null : "annotation")) is { } type)
            json.WriteString("objectType", type);
        if (annotation.Name.Length > 0)
            json.WriteString("name", annotation.Name);
        if (annotation.Color is { } color)
            WriteColor(json, color);
        if (annotation.Class is { } name)
        {
            json.WriteStartObject("classification");
            json.WriteString("name", name);
            if ((annotation.ClassColor ?? colors.GetValueOrDefault(name)) is { } shown)
                WriteColor(json, shown);
            WriteFurther(json, further, "classification.");
            json.WriteEndObject();
        }
        if (annotation.IsLocked is { } isLocked)
            json.WriteBoolean("isLocked", isLocked);
        if (annotation.Measurements.Count > 0)
            WriteMeasurements(json, annotation.Measurements);
        WriteFurther(json, further, "properties.");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteColor(Utf8JsonWriter json, RgbColor color)
    {
        json.WriteStartArray("color");
        json.WriteNumberValue(color.R);
        json.WriteNumberValue(color.G);
        json.WriteNumberValue(color.B);
        json.WriteEndArray();
    }

    /// <summary>As an object, unless a name stands twice, which only the older list can hold.</summary>
    private static void WriteMeasurements(Utf8JsonWriter json, IReadOnlyList<Measurement> all)
    {
        var isList = all.DistinctBy(m => m.Name).Count() < all.Count;
        json.WritePropertyName("measurements");
        if (isList)
            json.WriteStartArray();
        else
            json.WriteStartObject();
        foreach (var (name, value) in all)
        {
            if (isList)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
            }
            json.WritePropertyName(isList ? "value" : name);
            if (double.IsFinite(value))
                json.WriteNumberValue(value);
            else
                json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
            if (isList)
                json.WriteEndObject();
        }
        if (isList)
            json.WriteEndArray();
        else
            json.WriteEndObject();
    }

    private static void WriteGeometry(
        Utf8JsonWriter json,
        Annotation annotation,
        IReadOnlyDictionary<string, string> further
    )
    {
        var polygons = annotation.Kind == AnnotationKind.Ellipse ? [.. annotation.Areas] : annotation.Polygons;
        var type =
            annotation.Kind == AnnotationKind.Points ? (polygons[0].Outer.Points.Count == 1 ? "Point" : "MultiPoint")
            : annotation.Kind == AnnotationKind.Line ? (polygons.Count == 1 ? "LineString" : "MultiLineString")
            : polygons.Count == 1 ? "Polygon"
            : "MultiPolygon";
        type = further.GetValueOrDefault("geometry.type", type);
        json.WriteString("type", type);
        json.WritePropertyName("coordinates");
        switch (type)
        {
            case "Point":
                WriteVertex(json, polygons[0].Outer.Points[0]);
                break;
            case "MultiPoint" or "LineString":
                WriteLine(json, polygons[0].Outer.Points);
                break;
            case "MultiLineString":
                WriteList(json, polygons, line => WriteLine(json, line.Outer.Points));
                break;
            case "Polygon":
                WritePolygon(json, polygons[0]);
                break;
            default:
                WriteList(json, polygons, polygon => WritePolygon(json, polygon));
                break;
        }
    }

    private static void WritePolygon(Utf8JsonWriter json, RingPolygon polygon) =>
        WriteList(json, polygon.Holes.Prepend(polygon.Outer), ring => WriteLine(json, Closed(ring)));

    private static IEnumerable<Vertex> Closed(Ring ring) =>
        ring.Points.Count == 0 ? [] : ring.Points.Append(ring.Points[0]);

    private static void WriteLine(Utf8JsonWriter json, IEnumerable<Vertex> points) =>
        WriteList(json, points, point => WriteVertex(json, point));

    private static void WriteVertex(Utf8JsonWriter json, Vertex point)
    {
        json.WriteStartArray();
        json.WriteNumberValue(point.X);
        json.WriteNumberValue(point.Y);
        json.WriteEndArray();
    }

    private static void WriteList<T>(Utf8JsonWriter json, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray();
        foreach (var item in items)
            write(item);
        json.WriteEndArray();
    }

    /// <summary>Members that a reader kept under a prefix; those of the feature itself have none.</summary>
    private static void WriteFurther(Utf8JsonWriter json, IReadOnlyDictionary<string, string> further, string prefix)
    {
        foreach (var (key, raw) in further)
        {
            var isOwn =
                prefix.Length == 0
                    ? !Prefixes.Any(p => key.StartsWith(p, StringComparison.Ordinal))
                    : key.StartsWith(prefix, StringComparison.Ordinal);
            if (!isOwn || key == "geometry.type")
                continue;
            json.WritePropertyName(key[prefix.Length..]);
            json.WriteRawValue(raw);
        }
    }

    private static readonly string[] Prefixes = ["geometry.", "properties.", "classification."];
}
