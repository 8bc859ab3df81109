using Coverslip.Evaluation.Cohorts;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Segmentation;

/// <summary>Masks of foreground: 0 is background, whatever else is foreground, such as the number of a gland.</summary>
public static class TruthFile
{
    /// <summary>The mask of a cohort's row, 255 foreground and 0 background.</summary>
    /// <param name="cohort">The cohort.</param>
    /// <param name="row">One of its rows.</param>
    /// <param name="size">Pixels of its image.</param>
    /// <exception cref="InvalidDataException">There is none, or it has another size; the message names the row.</exception>
    public static Image Read(Cohort cohort, CohortRow row, (int Width, int Height) size)
    {
        if (cohort.MaskPath(row) is not { } path)
            throw new InvalidDataException(
                $"{cohort.Path}: row {row.Number}: {row.Image} names no mask; fill the column 'mask', leave the row out, or set "
                    + "patches.without_mask: reconstruct, so that it is pre-trained on only"
            );
        Image stored;
        try
        {
            stored = ImageFile.Read(path, ImageReadOptions.AsStored);
        }
        catch (UnreadableImageException error)
        {
            throw new InvalidDataException($"{cohort.Path}: row {row.Number}: {error.Message}", error);
        }
        using (stored)
        {
            if (stored.Width != size.Width || stored.Height != size.Height)
                throw new InvalidDataException(
                    $"{cohort.Path}: row {row.Number}: mask {row.Mask} has {stored.Width} × {stored.Height} pixels, its image "
                        + $"{row.Image} {size.Width} × {size.Height}; a mask has its image's size"
                );
            return Of(stored);
        }
    }

    private static Image Of(Image stored)
    {
        var mask = new Image(stored.Width, stored.Height, channels: 1);
        var from = stored.Pixels;
        var to = mask.WritablePixels;
        var bytes = stored.Channels * (stored.Depth / 8); // any byte that is not 0 makes a pixel foreground
        for (var i = 0; i < to.Length; i++)
            to[i] = from.Slice(i * bytes, bytes).IndexOfAnyExcept((byte)0) >= 0 ? byte.MaxValue : (byte)0;
        return mask;
    }
}
