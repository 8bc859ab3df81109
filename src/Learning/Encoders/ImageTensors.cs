using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Learning.Encoders;

/// <summary>Images as a network takes them.</summary>
internal static class ImageTensors
{
    /// <summary>Images of 8 bits, gray or color → [B, 3, height, width] in [0, 1].</summary>
    internal static Tensor Of(IReadOnlyList<Image> images, (int Height, int Width) size)
    {
        var (height, width) = size;
        var bytes = new byte[images.Count * height * width * 3];
        foreach (var (i, image) in images.Index())
        {
            if (image.Depth != 8)
                throw new ArgumentException($"image {i} is a {image}; encoders take 8 bits");
            var to = bytes.AsSpan(i * height * width * 3, height * width * 3);
            if ((image.Height, image.Width) == size)
            {
                Fill(image, to);
                continue;
            }
            using var resized = Transforms.Resize(image, width, height);
            Fill(resized, to);
        }
        return Tensor.From(bytes, images.Count, height, width, 3).Permute(0, 3, 1, 2).To(DType.Float32) / 255;
    }

    private static void Fill(Image image, Span<byte> to)
    {
        var pixels = image.Pixels;
        if (image.Channels == 3)
            pixels.CopyTo(to);
        else
            for (var i = 0; i < to.Length; i++)
                to[i] = pixels[i / 3];
    }
}
