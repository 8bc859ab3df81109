using Coverslip.Files;
using Coverslip.Learning.SlideWalk;
using Coverslip.Phantoms;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;

namespace Coverslip.Viewer.Tests;

/// <summary>
/// A folder as people have it: slides with annotations, what a model predicted of one of them, and one slide that does not say its
/// microns. Painted once for all tests; each takes a copy of its own where it writes.
/// </summary>
public sealed class ViewedPhantoms : IDisposable
{
    internal const int Side = 1024;

    public ViewedPhantoms()
    {
        Folder = Directory.CreateTempSubdirectory("viewed ").FullName;
        Directory.CreateDirectory(Path.Combine(Folder, "slides"));
        SlidePhantom.Write(
            Path.Combine(Folder, "slides", "a.tif"),
            new SlidePhantomOptions
            {
                Width = Side,
                Height = Side - 24,
                Mpp = Mpp.Of(1),
                Tissue = 0.5,
                Seed = 1,
            }
        );
        PyramidWriter.Write(
            Path.Combine(Folder, "slides", "unknown.tif"),
            300,
            200,
            new PyramidOptions(),
            (left, top, tile) => tile.WritablePixels.Fill((byte)(180 + ((left + top) / 64)))
        );
        WriteHeatmap(Path.Combine(Folder, "run"), "a", 32, 31);
        var outline = new Ring([
            new Vertex(300, 300),
            new Vertex(600, 300),
            new Vertex(600, 600),
            new Vertex(300, 600),
        ]);
        AnnotationFile.Write(
            Path.Combine(Folder, "annotations", "a.xml"),
            new AnnotationSet
            {
                Format = AnnotationFormat.Asap,
                Annotations = [new Annotation { Class = "tumor", Polygons = [new RingPolygon(outline)] }],
            },
            AnnotationFormat.Asap
        );
    }

    internal string Folder { get; }

    /// <summary>A heatmap with its detections as <c>predict</c> writes them: rising from left to right, or falling.</summary>
    internal static void WriteHeatmap(string folder, string name, int columns, int rows, bool opposite = false)
    {
        var files = new SlideFiles(folder, name);
        Directory.CreateDirectory(folder);
        var grid = new HeatmapGrid(columns, rows, 32, 32, 32, Mpp.Of(1));
        var heatmap = new Heatmap(
            grid,
            [
                .. Enumerable
                    .Range(0, grid.Cells)
                    .Select(i => i < columns ? float.NaN : i % columns / (columns - 1f))
                    .Select(v => opposite ? 1 - v : v),
            ]
        );
        heatmap.Write(files.Heatmap);
        var record = HeatmapRecord.Of(heatmap);
        record["class"] = "tumor";
        record["probability"] = 0.75;
        WholeFile.Write(files.Record, record.ToJsonString());
        WriteDetections(files.GeoJson);
    }

    /// <summary>Three of them.</summary>
    internal static void WriteDetections(string file) =>
        AnnotationFile.Write(
            file,
            new AnnotationSet
            {
                Format = AnnotationFormat.GeoJson,
                Annotations = [Point(200, 500, 0.6), Point(800, 400, 0.9), Point(500, 500, 0.7)],
            },
            AnnotationFormat.GeoJson
        );

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static Annotation Point(double x, double y, double probability) =>
        new()
        {
            Class = "tumor",
            Kind = AnnotationKind.Points,
            Polygons = [new RingPolygon(new Ring([new Vertex(x, y)]))],
            Measurements = [new Measurement("Probability", probability)],
        };
}
