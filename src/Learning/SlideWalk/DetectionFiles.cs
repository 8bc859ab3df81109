using System.Globalization;
using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.Learning.SlideWalk;

/// <summary>Detections in the files of others.</summary>
internal static class DetectionFiles
{
    /// <summary>QuPath's color of a tumor.</summary>
    private static readonly RgbColor Color = new(200, 0, 0);

    /// <summary>CAMELYON16's form: <c>probability,X,Y</c> without header, in pixels of level 0.</summary>
    public static void WriteCsv(string path, IReadOnlyList<Detection> detections)
    {
        static string Pixels(double at) => at.ToString("0.##", CultureInfo.InvariantCulture);
        CsvTable.Write(
            path,
            detections.Select(d =>
                (string[])[((float)d.Probability).ToString("R", CultureInfo.InvariantCulture), Pixels(d.X), Pixels(d.Y)]
            )
        );
    }

    /// <summary>
    /// GeoJSON as QuPath imports it: annotations in pixels of level 0, a point to each maximum or the outline of each
    /// component, with classification, its color, and measurements.
    /// </summary>
    /// <param name="path">Such as <c>slide.geojson</c>.</param>
    /// <param name="detections">What was found.</param>
    /// <param name="name">The class.</param>
    public static void WriteGeoJson(string path, IReadOnlyList<Detection> detections, string name)
    {
        var set = new AnnotationSet
        {
            Format = AnnotationFormat.GeoJson,
            Annotations = [.. detections.Select(detection => ToAnnotation(detection, name))],
        };
        AnnotationFile.Write(path, set, AnnotationFormat.GeoJson);
    }

    private static Annotation ToAnnotation(Detection detection, string name)
    {
        var (probability, component) = (new Measurement("Probability", detection.Probability), detection.Component);
        return new Annotation
        {
            Class = name,
            ClassColor = Color,
            ObjectType = "annotation",
            Kind = component is null ? AnnotationKind.Points : AnnotationKind.Polygon,
            Polygons = component?.Outline ?? [new RingPolygon(new Ring([new Vertex(detection.X, detection.Y)]))],
            Measurements = component is null
                ? [probability]
                :
                [
                    probability,
                    new Measurement("Mean probability", component.MeanProbability),
                    new Measurement("Area µm^2", component.Area),
                ],
        };
    }
}
