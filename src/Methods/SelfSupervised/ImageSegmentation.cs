using Coverslip.Slides.Images;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>Predicts image files: overlapping windows blended, at the size of the file.</summary>
internal sealed class ImageSegmentation(SegmentationPredictor predictor, WindowLayout layout)
{
    /// <summary>Half a window from one to the next.</summary>
    internal static WindowLayout LayoutOf(SelfSupervisedRecipe recipe, bool reconstruct) =>
        new(recipe.Input.Width, Math.Max(1, recipe.Input.Width / 2), recipe.Training.Batch, reconstruct);

    /// <summary>A picture's map at its own size.</summary>
    /// <param name="image">RGB at the run's scale.</param>
    /// <param name="stop">Asked between batches.</param>
    internal PixelMap Of(Image image, CancellationToken stop)
    {
        // Beyond a picture's border a network sees zeros: mirrored edges keep them away from what is kept.
        var margin = layout.Side / 8;
        using var whole = Mirrored(image, margin);
        var picture = new WindowedPicture(
            whole.Width,
            whole.Height,
            (x, y) => Transforms.Crop(whole, x, y, layout.Side, layout.Side)
        );
        var map = new PixelMap(
            whole.Width,
            whole.Height,
            new float[whole.Width * whole.Height],
            new float[layout.Reconstruct ? whole.Width * whole.Height * 3 : 0]
        );
        foreach (var rows in new BlendedWindows(predictor, layout).Of(picture, stop: stop))
        {
            rows.Probability.CopyTo(map.Probability.AsMemory(rows.Top * whole.Width));
            rows.Reconstruction.CopyTo(
                map.Reconstruction.AsMemory(layout.Reconstruct ? rows.Top * whole.Width * 3 : 0)
            );
        }
        return map.Cropped((margin, margin), image.Width, image.Height);
    }

    /// <summary>The image with a margin of mirrored edges, at least as large as a window.</summary>
    private Image Mirrored(Image image, int margin)
    {
        var padded = new Image(
            Math.Max(image.Width + (2 * margin), layout.Side),
            Math.Max(image.Height + (2 * margin), layout.Side)
        );
        for (var y = 0; y < padded.Height; y++)
        {
            var row = image.Row(ScaledImage.Mirror(y - margin, image.Height));
            for (var x = 0; x < padded.Width; x++)
                row.Slice(ScaledImage.Mirror(x - margin, image.Width) * 3, 3)
                    .CopyTo(padded.WritablePixels[((y * padded.Stride) + (3 * x))..]);
        }
        return padded;
    }
}
