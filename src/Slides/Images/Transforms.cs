namespace Coverslip.Slides.Images;

/// <summary>How a resized image gets its pixels.</summary>
public enum Interpolation
{
    /// <summary>Takes the nearest pixel: for masks and labels, which must not blend.</summary>
    Nearest = 0,
    Linear = 1,
    Cubic = 2,

    /// <summary>Means over the covered area: the right way to shrink, without moiré.</summary>
    Area = 3,
}

/// <summary>Geometry of images. Every method returns a new image and leaves its argument alone.</summary>
public static unsafe class Transforms
{
    /// <summary>Resizes to exactly <paramref name="width"/> × <paramref name="height"/>.</summary>
    /// <param name="image">Any depth and channels.</param>
    /// <param name="width">Pixels, at least 1.</param>
    /// <param name="height">Pixels, at least 1.</param>
    /// <param name="interpolation">Without one: area where both sides shrink or stay, else linear.</param>
    public static Image Resize(Image image, int width, int height, Interpolation? interpolation = null)
    {
        var shrinks = width <= image.Width && height <= image.Height;
        var kind = interpolation ?? (shrinks ? Interpolation.Area : Interpolation.Linear);
        var result = new Image(width, height, image.Channels, image.Depth);
        fixed (
            byte* from = image.Pixels,
                to = result.WritablePixels
        )
        {
            var (source, target) = (NativeImage.Of(image, from), NativeImage.Of(result, to));
            return Checked(NativeImaging.Resize(&source, &target, (int)kind), result, $"resize {image}");
        }
    }

    /// <summary>The rectangle with its top left corner at (<paramref name="x"/>, <paramref name="y"/>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle leaves the image.</exception>
    public static Image Crop(Image image, int x, int y, int width, int height)
    {
        if (x < 0 || y < 0 || width < 1 || height < 1 || x > image.Width - width || y > image.Height - height)
        {
            throw new ArgumentOutOfRangeException(
                nameof(x),
                $"{width} × {height} pixels at ({x}, {y}) do not lie within the {image}"
            );
        }
        var result = new Image(width, height, image.Channels, image.Depth);
        var offset = x * image.Channels * (image.Depth / 8);
        for (var row = 0; row < height; row++)
        {
            image.Row(y + row).Slice(offset, result.Stride).CopyTo(result.WritablePixels[(row * result.Stride)..]);
        }
        return result;
    }

    private static Image Checked(int status, Image result, string doing)
    {
        if (status == 0)
            return result;
        result.Dispose();
        throw new InvalidOperationException($"{doing}: {NativeImaging.LastError}");
    }
}
