using Coverslip.Slides.Images;

namespace Coverslip.Methods.SelfSupervised;

/// <summary>A picture's probabilities of foreground, and where wanted its reconstruction.</summary>
/// <param name="Width">Pixels to a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Probability">[H · W]; NaN where nothing was predicted.</param>
/// <param name="Reconstruction">[H · W · 3] in [0, 1]; empty where it was not wanted.</param>
internal sealed record PixelMap(int Width, int Height, float[] Probability, float[] Reconstruction)
{
    /// <summary>From so much on a pixel is called foreground.</summary>
    public const float Threshold = 0.5f;

    /// <summary>255 where foreground is called, else 0.</summary>
    public Image Mask() => Gray(p => p >= Threshold ? byte.MaxValue : (byte)0);

    /// <summary>0 for 0 to 255 for 1, and 0 where nothing was predicted.</summary>
    public Image Picture() => Gray(p => float.IsNaN(p) ? (byte)0 : (byte)MathF.Round(p * 255));

    /// <summary>RGB of the reconstruction.</summary>
    public Image ReconstructedPicture()
    {
        var image = new Image(Width, Height);
        var pixels = image.WritablePixels;
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)MathF.Round(Reconstruction[i] * 255);
        return image;
    }

    /// <summary>Mean squared error of the reconstruction, pixels in [0, 1].</summary>
    /// <param name="image">RGB of the same size.</param>
    internal double ErrorFrom(Image image)
    {
        var pixels = image.Pixels;
        var sum = 0.0;
        for (var i = 0; i < pixels.Length; i++)
        {
            var difference = Reconstruction[i] - (pixels[i] / 255.0);
            sum += difference * difference;
        }
        return sum / pixels.Length;
    }

    /// <summary>A part.</summary>
    /// <param name="at">Its left edge and its top.</param>
    /// <param name="width">Pixels to a row.</param>
    /// <param name="height">Rows.</param>
    internal PixelMap Cropped((int Left, int Top) at, int width, int height)
    {
        var probability = new float[width * height];
        var reconstruction = new float[Reconstruction.Length > 0 ? width * height * 3 : 0];
        for (var y = 0; y < height; y++)
        {
            var from = ((at.Top + y) * Width) + at.Left;
            Array.Copy(Probability, from, probability, y * width, width);
            if (reconstruction.Length > 0)
                Array.Copy(Reconstruction, from * 3, reconstruction, y * width * 3, width * 3);
        }
        return new PixelMap(width, height, probability, reconstruction);
    }

    /// <summary>At another size, linear between the middles of pixels.</summary>
    internal PixelMap Resized(int width, int height) =>
        (width, height) == (Width, Height)
            ? this
            : new PixelMap(
                width,
                height,
                Resized(Probability, 1, width, height),
                Reconstruction.Length == 0 ? [] : Resized(Reconstruction, 3, width, height)
            );

    private float[] Resized(float[] from, int channels, int width, int height)
    {
        var to = new float[width * height * channels];
        for (var y = 0; y < height; y++)
        {
            var (top, bottom, down) = Between(y, height, Height);
            for (var x = 0; x < width; x++)
            {
                var (left, right, across) = Between(x, width, Width);
                for (var c = 0; c < channels; c++)
                {
                    float At(int row, int column) => from[(((row * Width) + column) * channels) + c];
                    var upper = At(top, left) + (across * (At(top, right) - At(top, left)));
                    var lower = At(bottom, left) + (across * (At(bottom, right) - At(bottom, left)));
                    to[(((y * width) + x) * channels) + c] = upper + (down * (lower - upper));
                }
            }
        }
        return to;
    }

    private static (int First, int Second, float Share) Between(int place, int extent, int own)
    {
        var at = Math.Clamp(((place + 0.5) * own / extent) - 0.5, 0, own - 1);
        var first = (int)at;
        return (first, Math.Min(first + 1, own - 1), (float)(at - first));
    }

    private Image Gray(Func<float, byte> of)
    {
        var image = new Image(Width, Height, channels: 1);
        var pixels = image.WritablePixels;
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = of(Probability[i]);
        return image;
    }
}
