using System.Globalization;
using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Learning.SlideWalk;

/// <summary>Detections in the files of others.</summary>
public static class DetectionFiles
{
    /// <summary>QuPath's color of a tumor.</summary>
    private static readonly RgbColor Color = new(200, 0, 0);

    /// <summary>Finds what a heatmap shows of a slide, and writes it; returns how many detections there are.</summary>
    /// <param name="work">The slide and its folder.</param>
    /// <param name="heatmap">Of the slide.</param>
    /// <param name="options">How detections are made.</param>
    /// <param name="positive">The class that they are of.</param>
    public static int Write(SlideWork work, Heatmap heatmap, DetectionOptions options, string positive)
    {
        var (files, detections) = (new SlideFiles(work.Folder, work.Name), DetectionFinder.Find(heatmap, options));
        WriteCsv(files.Detections, detections);
        WriteGeoJson(files.GeoJson, detections, positive, options.Threshold);
        return detections.Count;
    }

    /// <summary>CAMELYON16's form: <c>probability,X,Y</c> without header, in pixels of level 0.</summary>
    internal static void WriteCsv(string path, IReadOnlyList<Detection> detections)
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
    /// <param name="threshold">Above which probability a place is detected, which stands beside each.</param>
    internal static void WriteGeoJson(string path, IReadOnlyList<Detection> detections, string name, double threshold)
    {
        var set = new AnnotationSet
        {
            Format = AnnotationFormat.GeoJson,
            Annotations = [.. detections.Select(detection => ToAnnotation(detection, name, threshold))],
        };
        AnnotationFile.Write(path, set, AnnotationFormat.GeoJson);
    }

    private static Annotation ToAnnotation(Detection detection, string name, double threshold)
    {
        var component = detection.Component;
        Measurement[] measured = [new("Probability", detection.Probability), new("Detected above", threshold)];
        return new Annotation
        {
            Class = name,
            ClassColor = Color,
            ObjectType = "annotation",
            Kind = component is null ? AnnotationKind.Points : AnnotationKind.Polygon,
            Polygons = component?.Outline ?? [new RingPolygon(new Ring([new Vertex(detection.X, detection.Y)]))],
            Measurements = component is null
                ? measured
                :
                [
                    .. measured,
                    new Measurement("Mean probability", component.MeanProbability),
                    new Measurement("Area µm^2", component.Area),
                ],
        };
    }
}
