using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Images;

/// <summary>Small made-up images.</summary>
internal static class Pictures
{
    /// <summary>Every sample random: what no decoder can guess.</summary>
    public static Image Noise(int width, int height, int channels = 3, int depth = 8, int seed = 1)
    {
        var image = new Image(width, height, channels, depth);
        new Random(seed).NextBytes(image.WritablePixels);
        return image;
    }

    /// <summary>Smooth, so that JPEG keeps it.</summary>
    public static Image Ramp(int width, int height, int channels = 3)
    {
        var image = new Image(width, height, channels);
        var pixels = image.WritablePixels;
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y, c) = (i / channels % width, i / channels / width, i % channels);
            pixels[i] = (byte)(40 + (x * 120 / width) + (y * 60 / height) + (c * 15));
        }
        return image;
    }

    /// <summary>A ramp with some noise, as of a scanner.</summary>
    public static Image Grainy(int width, int height)
    {
        var image = Ramp(width, height);
        var random = new Random(2);
        foreach (ref var sample in image.WritablePixels)
            sample += (byte)random.Next(12);
        return image;
    }

    /// <summary>Discs of three colors on a pale ground.</summary>
    public static Image Discs(int side)
    {
        var image = new Image(side, side);
        var pixels = image.WritablePixels;
        pixels.Fill(230);
        for (var i = 0; i < side * side; i++)
        {
            var (x, y) = (i % side, i / side);
            var (dx, dy) = ((x % 32) - 16, (y % 32) - 16);
            if ((dx * dx) + (dy * dy) > 100)
                continue;
            pixels[(3 * i) + ((x / 32) + (y / 32)) % 3] = 60;
        }
        return image;
    }

    public static void AssertEqual(Image expected, Image actual)
    {
        Assert.Equal(expected.ToString(), actual.ToString());
        Assert.True(expected.Pixels.SequenceEqual(actual.Pixels), $"pixels of the {expected} differ");
    }
}
