using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Segmentation;
using Coverslip.Learning.SlidePatches;
using Coverslip.Learning.SlideWalk;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Patches;

namespace Coverslip.Learning.Segmentation;

/// <summary>
/// A segmented slide beside its annotation: a cell of the map is foreground where its middle lies in a tumor. A cell
/// without tissue counts as called background.
/// </summary>
public static class SlideTruth
{
    /// <summary>Cells by probability.</summary>
    /// <param name="probability">[rows · columns], NaN without tissue.</param>
    /// <param name="columns">Cells to a row.</param>
    /// <param name="cell">A cell's width and height in pixels of level 0.</param>
    /// <param name="areas">In pixels of level 0; what is ignored is not counted.</param>
    public static PixelHistogram Counted(float[] probability, int columns, Vertex cell, PatchAreas areas)
    {
        var size = new PixelSize(columns, probability.Length / columns);
        using var truth = PolygonRaster.Fill(areas.Tumor.Polygons, size, new Vertex(1 / cell.X, 1 / cell.Y));
        using var ignored = PolygonRaster.Fill(areas.Ignored.Polygons, size, new Vertex(1 / cell.X, 1 / cell.Y));
        return CountedPixels.Of(probability, truth, ignored);
    }

    /// <summary>A slide that <c>predict</c> wrote, beside what its cohort says of it.</summary>
    /// <exception cref="InvalidDataException">Its record is damaged, or probabilities and record are of two slides.</exception>
    internal static SegmentedImage Judge(SegmentationFiles files, Cohort cohort, CohortRow row)
    {
        var record =
            SlideRecord.Read(files.Record)
            ?? throw new InvalidDataException(
                $"{files.Array} has no {Path.GetFileName(files.Record)} beside it; predict the slide again"
            );
        T At<T>(string key) =>
            record[key] is { } node
                ? node.GetValue<T>()
                : throw new InvalidDataException(
                    $"{files.Record} does not say '{key}'; remove it and predict the slide again"
                );
        string[] Words(string key, IReadOnlyList<string> otherwise) =>
            record[key] is { } list ? [.. list.AsArray().Select(w => w!.GetValue<string>())] : [.. otherwise];
        var (columns, rows) = (At<int>("columns"), At<int>("rows"));
        var cell = new Vertex(At<double>("cell_width_level0"), At<double>("cell_height_level0"));
        // Records of before the classes were kept have the usual ones.
        var usual = new AnnotationClasses();
        var classes = new AnnotationClasses
        {
            Tumor = Words("tumor_classes", usual.Tumor),
            Normal = Words("normal_classes", usual.Normal),
        };
        using var stream = File.OpenRead(files.Array);
        var values = NpyFile.Read(stream, files.Array, rows, columns);
        var drawn = CohortSlides.AnnotationOf(cohort, row) is { } file ? SlideAnnotations.Read(file, classes) : null;
        drawn = drawn?.Within((long)Math.Ceiling(columns * cell.X), (long)Math.Ceiling(rows * cell.Y), row.Image);
        var areas = drawn is null ? new PatchAreas() : PatchAreas.Of(drawn);
        return new SegmentedImage(row.Image, row.Patient, Counted(values, columns, cell, areas));
    }
}
