using System.Buffers;
using Coverslip.Evaluation.Cohorts;
using Coverslip.Evaluation.Segmentation;
using Coverslip.Learning.Augmentation;
using Coverslip.Learning.Inputs;
using Coverslip.Learning.Segmentation;
using Coverslip.Learning.SlidePatches;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Slides.Tissue;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>
/// Predicts test images whole, or windows of test slides, and leaves in the part's folder <c>pixels.csv</c>,
/// <c>figures.json</c>, and a few examples to look at.
/// </summary>
internal sealed class SegmentationJudging(SegmentationPredictor predictor, Cohort cohort, string folder)
{
    private readonly WindowLayout layout = ImageSegmentation.LayoutOf(predictor.Recipe, reconstruct: true);
    private readonly List<SegmentedImage> judged = [];
    private readonly List<double> errors = [];

    /// <summary>Image files, each at the size of its file.</summary>
    internal void Judge(IReadOnlyList<MaskedImage> images, CancellationToken stop)
    {
        var shown = Shown(images);
        foreach (var image in images)
        {
            using var colors = image.Colors();
            using var seen = Transforms.Crop(colors, 0, 0, image.Size.Width, image.Size.Height);
            var map = new ImageSegmentation(predictor, layout).Of(seen, stop);
            errors.Add(map.ErrorFrom(seen));
            var whole = map.Resized(image.StoredSize.Width, image.StoredSize.Height);
            using var truth = CohortMask.Read(cohort, image.Row, image.StoredSize);
            judged.Add(new SegmentedImage(image.Row.Image, image.Patient, CountedPixels.Of(whole.Probability, truth)));
            if (!shown.Contains(image))
                continue;
            using var small = Transforms.Resize(truth, map.Width, map.Height, Interpolation.Nearest);
            ExampleFiles.Write(folder, Path.GetFileNameWithoutExtension(image.Row.Image), map, (seen, small));
        }
        Write();
    }

    /// <summary>Windows of slides: the pixels of one slide count together, or those of whole slides where there are such.</summary>
    internal void Judge(IReadOnlyList<CorpusWindow> windows, IReadOnlyList<SlideSource> whole, CancellationToken stop)
    {
        var (side, slides) = (layout.Side, new Dictionary<PatchSource, PixelHistogram>());
        foreach (var (number, chunk) in windows.Chunk(layout.Batch).Index())
        {
            stop.ThrowIfCancellationRequested();
            var size = side * side;
            var pixels = ArrayPool<byte>.Shared.Rent(chunk.Length * size * 4);
            foreach (var (place, window) in chunk.Index())
                window.Read(ImageChange.Oriented(0), new PatchTarget(pixels, place, chunk.Length, side, side));
            var found = predictor.Predict(new WindowBatch(pixels, chunk.Length), reconstruct: true);
            foreach (var (place, window) in chunk.Index())
            {
                var map = MapOf(found, place);
                using var seen = new Image(side, side);
                using var truth = new Image(side, side, channels: 1);
                Parted(pixels.AsSpan(place * size * 4, size * 4), seen, truth);
                errors.Add(map.ErrorFrom(seen));
                if (!slides.TryGetValue(window.At.Source, out var counted))
                    slides.Add(window.At.Source, counted = new PixelHistogram());
                counted.Add(CountedPixels.Of(map.Probability, truth));
                if ((number * layout.Batch) + place < ExampleFiles.Most)
                    ExampleFiles.Write(folder, $"window-{(number * layout.Batch) + place + 1}", map, (seen, truth));
            }
            ArrayPool<byte>.Shared.Return(pixels);
        }
        judged.AddRange(
            whole.Count == 0
                ? slides.Select(s => new SegmentedImage(s.Key.Name, s.Key.Patient, s.Value))
                : whole.Select(s => new SegmentedImage(s.Name, s.Patient, OfWhole(s, stop)))
        );
        Write();
    }

    private PixelHistogram OfWhole(SlideSource source, CancellationToken stop)
    {
        var options = new SlideSegmentationOptions(
            predictor.Recipe.Windows.Mpp,
            null,
            layout.Batch,
            Reconstruct: false
        );
        var tissue = SlideTissue.Of(source.Slide, new TissueOptions());
        var (map, grid) = new SlideSegmentation(predictor, options).Predict(source.Slide, tissue, stop: stop);
        return SlideTruth.Counted(
            map.Probability,
            map.Width,
            new Vertex(grid.CellWidth, grid.CellHeight),
            source.Areas
        );
    }

    private PixelMap MapOf(SegmentedWindows found, int place)
    {
        var (side, size) = (layout.Side, layout.Side * layout.Side);
        var reconstruction = new float[size * 3];
        for (var c = 0; c < 3; c++)
        for (var i = 0; i < size; i++)
            reconstruction[(i * 3) + c] = Math.Clamp(found.Reconstruction[(((place * 3) + c) * size) + i], 0, 1);
        return new PixelMap(side, side, found.Probability[(place * size)..((place + 1) * size)], reconstruction);
    }

    private static void Parted(ReadOnlySpan<byte> pixels, Image colors, Image truth)
    {
        for (int i = 0, from = 0; from < pixels.Length; i++, from += 4)
        {
            pixels.Slice(from, 3).CopyTo(colors.WritablePixels[(3 * i)..]);
            truth.WritablePixels[i] = pixels[from + 3];
        }
    }

    /// <summary>Images of as many patients as possible.</summary>
    private static HashSet<MaskedImage> Shown(IReadOnlyList<MaskedImage> images) =>
        [
            .. images
                .GroupBy(i => i.Patient)
                .SelectMany(g => g.Select((image, turn) => (image, turn)))
                .OrderBy(i => i.turn)
                .Take(ExampleFiles.Most)
                .Select(i => i.image),
        ];

    private void Write()
    {
        SegmentedImage.Write(Path.Combine(folder, SegmentedImage.FileName), judged);
        // A pixel alone reconstructs nothing.
        SegmentationFigures.Of(judged, predictor.Recipe.Segmenter == SegmenterKind.UNet ? errors : []).Write(folder);
    }
}
