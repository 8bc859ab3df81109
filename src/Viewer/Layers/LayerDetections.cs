using Coverslip.Slides.Annotations;
using Coverslip.Viewer.Contents;

namespace Coverslip.Viewer.Layers;

/// <summary>A place that a model names.</summary>
/// <param name="P">Its probability.</param>
/// <param name="X">In pixels of level 0.</param>
/// <param name="Y">In pixels of level 0.</param>
/// <param name="Rings">Its outline, where it has one.</param>
internal sealed record LayerDetection(double P, double X, double Y, IReadOnlyList<IReadOnlyList<double>> Rings)
{
    /// <summary>The file beside a map that holds its detections; null where there is none.</summary>
    internal static string? FileOf(ShownLayer layer)
    {
        var file = layer.Kind switch
        {
            LayerKind.Heatmap => layer.Beside("-heatmap.json", ".geojson"),
            LayerKind.Patches => layer.Beside("-patches.csv", ".geojson"),
            _ => null,
        };
        return File.Exists(file) ? file : null;
    }

    /// <summary>The detections, the most probable first.</summary>
    /// <exception cref="AnnotationException">The file is damaged.</exception>
    internal static IReadOnlyList<LayerDetection> Read(string path) =>
        [
            .. AnnotationFile
                .Read(path)
                .Annotations.Where(a => a.Polygons.Count > 0 && a.Polygons[0].Outer.Points.Count > 0)
                .Select(Of)
                .OrderByDescending(d => d.P),
        ];

    private static LayerDetection Of(Annotation annotation)
    {
        var points = annotation.Polygons[0].Outer.Points;
        var at = annotation.IsArea
            ? (
                X: (points.Min(p => p.X) + points.Max(p => p.X)) / 2,
                Y: (points.Min(p => p.Y) + points.Max(p => p.Y)) / 2
            )
            : (points[0].X, points[0].Y);
        return new LayerDetection(
            annotation.Measurements.FirstOrDefault(m => m.Name == "Probability").Value,
            at.X,
            at.Y,
            annotation.IsArea ? [.. annotation.Areas.SelectMany(LayerOutlines.Rings)] : []
        );
    }
}
