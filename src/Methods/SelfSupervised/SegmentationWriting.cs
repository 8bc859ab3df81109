using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Learning.Segmentation;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>Writes the files of segmented images and slides.</summary>
internal static class SegmentationWriting
{
    private static readonly RgbColor Color = new(200, 0, 0);

    /// <summary>Predicts an image file and writes its files.</summary>
    /// <param name="files">The image's files.</param>
    /// <param name="run">A run of this method.</param>
    /// <param name="path">The image.</param>
    /// <param name="options">Stride, batch, whether reconstructions are wanted.</param>
    /// <param name="stop">Asked between batches.</param>
    /// <returns>The share of the image that is called foreground; not a number of a base model, whose reconstruction is written alone.</returns>
    public static double WriteImage(
        this SegmentationFiles files,
        TrainedModel run,
        string path,
        SlideSegmentationOptions options,
        CancellationToken stop
    )
    {
        var predictor = SegmentationPredictor.Of(run);
        var layout = ImageSegmentation.LayoutOf(predictor.Recipe, options.Reconstruct) with { Batch = options.Batch };
        if (options.Stride is { } stride)
            layout = layout with { Stride = Math.Clamp(stride, 1, layout.Side) };
        using var image = ScaledImage.Read(path, Path.GetFileName(path), predictor.Recipe.Windows.Scale, run.Stain);
        var map = new ImageSegmentation(predictor, layout)
            .Of(image.Pixels, stop)
            .Resized(image.StoredSize.Width, image.StoredSize.Height);
        if (options.Reconstruct)
        {
            using var reconstruction = map.ReconstructedPicture();
            ImageFile.Write(files.Reconstruction, reconstruction);
        }
        if (run.Stage is not null)
            return double.NaN;
        using var picture = map.Picture();
        ImageFile.Write(files.Picture, picture);
        return files.WriteMap(map, new Vertex(1, 1), predictor.Recipe.Foreground);
    }

    /// <summary>Writes a slide's files; returns the share of its tissue that is called foreground.</summary>
    public static double WriteSlide(this SegmentationFiles files, SegmentedSlide slide, string foreground)
    {
        var (map, grid) = slide;
        var mpp = grid.CellMicrons;
        Paint(
            files.Pyramid,
            map,
            mpp,
            (pixel, i) =>
            {
                if (!float.IsNaN(map.Probability[i]))
                    (pixel[0], pixel[1], pixel[2]) = HeatmapColors.Of(map.Probability[i]);
            }
        );
        if (map.Reconstruction.Length > 0)
            Paint(
                files.ReconstructedSlide,
                map,
                mpp,
                (pixel, i) =>
                {
                    for (var c = 0; c < 3; c++)
                        pixel[c] = (byte)MathF.Round(map.Reconstruction[(i * 3) + c] * 255);
                }
            );
        return files.WriteMap(map, new Vertex(grid.CellWidth, grid.CellHeight), foreground);
    }

    private delegate void PixelPainter(Span<byte> pixel, int index);

    private static void Paint(string path, PixelMap map, Mpp mpp, PixelPainter paint) =>
        PyramidWriter.Write(
            path,
            map.Width,
            map.Height,
            new PyramidOptions { Mpp = mpp },
            (left, top, tile) =>
            {
                for (var y = 0; y < tile.Height && top + y < map.Height; y++)
                for (var x = 0; x < tile.Width && left + x < map.Width; x++)
                    paint(tile.WritablePixels[((y * tile.Stride) + (3 * x))..], ((top + y) * map.Width) + left + x);
            }
        );

    private static double WriteMap(this SegmentationFiles files, PixelMap map, Vertex cell, string foreground)
    {
        WholeFile.Write(files.Array, stream => NpyFile.Write(stream, map.Probability, map.Height, map.Width));
        using var mask = map.Mask();
        ImageFile.Write(files.Mask, mask);
        var pieces = MaskOutline
            .Trace(mask)
            .Select(piece => piece.Select(ring => ring.Placed(cell, new Vertex(0, 0))))
            .Select(piece => new Annotation
            {
                Class = foreground,
                ClassColor = Color,
                ObjectType = "annotation",
                Polygons = [piece],
                Measurements =
                [
                    new Measurement(
                        "Area px^2",
                        Math.Abs(piece.Outer.SignedArea) - piece.Holes.Sum(h => Math.Abs(h.SignedArea))
                    ),
                ],
            });
        AnnotationFile.Write(
            files.Outlines,
            new AnnotationSet { Format = AnnotationFormat.GeoJson, Annotations = [.. pieces] },
            AnnotationFormat.GeoJson
        );
        var predicted = map.Probability.Count(p => !float.IsNaN(p));
        return predicted == 0 ? 0 : (double)map.Probability.Count(p => p >= PixelMap.Threshold) / predicted;
    }
}
