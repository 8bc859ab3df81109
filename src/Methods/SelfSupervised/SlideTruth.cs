using System.Text.Json;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Segmentation;
using Coverslip.Methods.Training.SlidePatches;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Patches;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>
/// A segmented slide beside its annotation: a cell of the map is foreground where its middle lies in a tumour. A cell
/// without tissue counts as called background.
/// </summary>
internal static class SlideTruth
{
    /// <summary>Cells by probability.</summary>
    /// <param name="probability">[rows · columns], NaN without tissue.</param>
    /// <param name="columns">Cells to a row.</param>
    /// <param name="cell">A cell's width and height in pixels of level 0.</param>
    /// <param name="tumour">In pixels of level 0.</param>
    internal static PixelHistogram Counted(float[] probability, int columns, Vertex cell, PolygonRegion tumour)
    {
        var (scale, corner) = (new Vertex(1 / cell.X, 1 / cell.Y), new Vertex(0, 0));
        var polygons = tumour.Polygons.Select(p => p.Select(ring => ring.Placed(scale, corner)));
        using var truth = PolygonRaster.Fill(polygons, new PixelSize(columns, probability.Length / columns));
        return PixelMap.Counted(probability, truth);
    }

    /// <summary>A slide that <c>predict</c> wrote, beside what its cohort says of it.</summary>
    /// <exception cref="InvalidDataException">Its record is damaged, or probabilities and record are of two slides.</exception>
    internal static SegmentedImage Judge(SegmentationFiles files, Cohort cohort, CohortRow row)
    {
        if (!File.Exists(files.Record))
            throw new InvalidDataException(
                $"{files.Array} has no {Path.GetFileName(files.Record)} beside it; predict the slide again"
            );
        var (columns, rows, cell, classes) = Read(files.Record);
        using var stream = File.OpenRead(files.Array);
        var values = NpyFile.Read(stream, files.Array, rows, columns);
        var tumour = CohortSlides.AnnotationOf(cohort, row) is { } file
            ? classes.Of(AnnotationFile.Read(file)).Tumour
            : PolygonRegion.Of([]);
        return new SegmentedImage(row.Image, row.Patient, Counted(values, columns, cell, tumour));
    }

    private static (int Columns, int Rows, Vertex Cell, PatchClasses Classes) Read(string record)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(record));
            JsonElement At(string key) => json.RootElement.GetProperty(key);
            string[] Words(string key) => [.. At(key).EnumerateArray().Select(w => w.GetString()!)];
            return (
                At("columns").GetInt32(),
                At("rows").GetInt32(),
                new Vertex(At("cell_width_level0").GetDouble(), At("cell_height_level0").GetDouble()),
                new PatchClasses { Tumour = Words("tumour_classes"), Normal = Words("normal_classes") }
            );
        }
        catch (Exception error)
            when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{record} is damaged; remove it and predict the slide again", error);
        }
    }
}
