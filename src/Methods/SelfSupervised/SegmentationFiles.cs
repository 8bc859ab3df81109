using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Segmentation;
using Coverslip.Files;
using Coverslip.Learning.Runs;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>The files of a segmented image or slide.</summary>
/// <param name="Folder">Where they lie.</param>
/// <param name="Name">The file's name without extension.</param>
public sealed record SegmentationFiles(string Folder, string Name)
{
    private static readonly RgbColor Color = new(200, 0, 0);

    /// <summary>255 foreground, 0 background; of a slide a pixel to a cell.</summary>
    public string Mask => At("mask.png");

    /// <summary>Probabilities as NumPy's float32 [H, W]; NaN where nothing was predicted.</summary>
    public string Array => At("probability.npy");

    /// <summary>Probabilities of an image as gray, 0 to 255.</summary>
    public string Picture => At("probability.png");

    /// <summary>Probabilities of a slide in colors, a pyramid.</summary>
    public string Pyramid => At("probability.tif");

    /// <summary>Outlines in pixels of the image, of a slide in those of level 0.</summary>
    public string Outlines => Path.Combine(Folder, $"{Name}.geojson");

    public string Reconstruction => At("reconstruction.png");

    /// <summary>The reconstruction of a slide, a pyramid.</summary>
    public string ReconstructedSlide => At("reconstruction.tif");

    /// <summary>What a finished slide was made of.</summary>
    public string Record => At("segmentation.json");

    /// <summary>A slide in the making.</summary>
    public string State => At("segmentation.state");

    /// <summary>Predicts an image file and writes its files.</summary>
    /// <param name="run">A run of this method.</param>
    /// <param name="path">The image.</param>
    /// <param name="options">Stride, batch, whether reconstructions are wanted.</param>
    /// <param name="stop">Asked between batches.</param>
    /// <returns>The share of the image that is called foreground.</returns>
    public double WriteImage(TrainedModel run, string path, SlideSegmentationOptions options, CancellationToken stop)
    {
        var predictor = SegmentationPredictor.Of(run);
        var layout = ImageSegmentation.LayoutOf(predictor.Recipe, options.Reconstruct) with { Batch = options.Batch };
        if (options.Stride is { } stride)
            layout = layout with { Stride = Math.Clamp(stride, 1, layout.Side) };
        using var image = ScaledImage.Read(path, Path.GetFileName(path), predictor.Recipe.Windows.Scale, run.Stain);
        var map = new ImageSegmentation(predictor, layout)
            .Of(image.Pixels, stop)
            .Resized(image.StoredSize.Width, image.StoredSize.Height);
        using var picture = map.Picture();
        ImageFile.Write(Picture, picture);
        if (options.Reconstruct)
        {
            using var reconstruction = map.ReconstructedPicture();
            ImageFile.Write(Reconstruction, reconstruction);
        }
        return WriteMap(map, new Vertex(1, 1), predictor.Recipe.Foreground);
    }

    /// <summary>Writes a slide's files; returns the share of its tissue that is called foreground.</summary>
    public double WriteSlide(SegmentedSlide slide, string foreground)
    {
        var (map, grid) = slide;
        var mpp = grid.CellMicrons;
        Paint(
            Pyramid,
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
                ReconstructedSlide,
                map,
                mpp,
                (pixel, i) =>
                {
                    for (var c = 0; c < 3; c++)
                        pixel[c] = (byte)MathF.Round(map.Reconstruction[(i * 3) + c] * 255);
                }
            );
        return WriteMap(map, new Vertex(grid.CellWidth, grid.CellHeight), foreground);
    }

    /// <summary>A predicted image's pixels beside those of its mask in a cohort, or a slide's cells beside its annotation.</summary>
    /// <exception cref="InvalidDataException">The probabilities have another size than the mask, or it is missing.</exception>
    public SegmentedImage Judge(Cohort cohort, CohortRow row)
    {
        if (SlideFile.IsSlide(cohort.ImagePath(row)))
            return SlideTruth.Judge(this, cohort, row);
        using var image = ImageFile.Read(cohort.ImagePath(row), ImageReadOptions.AsStored);
        using var truth = TruthFile.Read(cohort, row, (image.Width, image.Height));
        using var stream = File.OpenRead(Array);
        var values = NpyFile.Read(stream, Array, truth.Height, truth.Width);
        return new SegmentedImage(row.Image, row.Patient, PixelMap.Counted(values, truth));
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

    private double WriteMap(PixelMap map, Vertex cell, string foreground)
    {
        WholeFile.Write(Array, stream => NpyFile.Write(stream, map.Probability, map.Height, map.Width));
        using var mask = map.Mask();
        ImageFile.Write(Mask, mask);
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
            Outlines,
            new AnnotationSet { Format = AnnotationFormat.GeoJson, Annotations = [.. pieces] },
            AnnotationFormat.GeoJson
        );
        var predicted = map.Probability.Count(p => !float.IsNaN(p));
        return predicted == 0 ? 0 : (double)map.Probability.Count(p => p >= PixelMap.Threshold) / predicted;
    }

    private string At(string ending) => Path.Combine(Folder, $"{Name}-{ending}");
}
