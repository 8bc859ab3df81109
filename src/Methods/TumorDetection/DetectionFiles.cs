using System.Globalization;
using System.Text;
using System.Text.Json;
using Coverslip.Evaluation;

namespace Coverslip.Methods.TumorDetection;

/// <summary>Detections in the files of others.</summary>
public static class DetectionFiles
{
    /// <summary>QuPath's colour of a tumour.</summary>
    private static readonly int[] Color = [200, 0, 0];

    /// <summary>CAMELYON16's form: <c>probability,X,Y</c> without header, in pixels of level 0.</summary>
    public static void WriteCsv(string path, IReadOnlyList<Detection> detections)
    {
        var text = new StringBuilder();
        foreach (var d in detections)
            text.Append(CultureInfo.InvariantCulture, $"{(float)d.Probability:R},{d.X:0.##},{d.Y:0.##}\n");
        WholeFile.Write(path, text.ToString());
    }

    /// <summary>
    /// GeoJSON as QuPath imports it: a collection of point annotations in pixels of level 0, with classification, its
    /// colour, and measurements as a list of names and values (which QuPath reads in every version).
    /// </summary>
    /// <param name="path">Such as <c>slide.geojson</c>.</param>
    /// <param name="detections">The points.</param>
    /// <param name="name">The class.</param>
    public static void WriteGeoJson(string path, IReadOnlyList<Detection> detections, string name) =>
        WholeFile.Write(
            path,
            stream =>
            {
                using var json = new Utf8JsonWriter(stream);
                json.WriteStartObject();
                json.WriteString("type", "FeatureCollection");
                json.WriteStartArray("features");
                foreach (var detection in detections)
                    WriteFeature(json, detection, name);
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    private static void WriteFeature(Utf8JsonWriter json, Detection detection, string name)
    {
        json.WriteStartObject();
        json.WriteString("type", "Feature");
        json.WriteStartObject("geometry");
        json.WriteString("type", "Point");
        json.WriteStartArray("coordinates");
        json.WriteNumberValue(detection.X);
        json.WriteNumberValue(detection.Y);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("properties");
        json.WriteString("objectType", "annotation");
        json.WriteStartObject("classification");
        json.WriteString("name", name);
        json.WriteStartArray("color");
        foreach (var channel in Color)
            json.WriteNumberValue(channel);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartArray("measurements");
        WriteMeasurement(json, "Probability", detection.Probability);
        if (detection.Area is { } area)
            WriteMeasurement(json, "Area µm^2", area);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMeasurement(Utf8JsonWriter json, string name, double value)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteNumber("value", value);
        json.WriteEndObject();
    }
}
