using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Slides.Tests.Stain;

/// <summary>Painted images for tests of stains.</summary>
internal static class StainImages
{
    internal static readonly StainMethod[] Separating = [StainMethod.Macenko, StainMethod.Vahadane];

    /// <summary>A phantom of the given stain and content.</summary>
    internal static Image Phantom(int stain, int seed, int size = 128)
    {
        using var patch = PatchPhantom.Paint(new PatchPhantomOptions { Size = size, StainSeed = stain }, seed);
        return patch.Image.Clone();
    }

    /// <summary>
    /// Every pixel by Beer and Lambert's law from two random concentrations, of which one is often 0.
    /// </summary>
    internal static Image Mixture(StainVector first, StainVector second, int side = 96, int seed = 1)
    {
        var random = new Random(seed);
        var image = new Image(side, side);
        var pixels = image.WritablePixels;
        for (var i = 0; i < pixels.Length; i += 3)
        {
            var (a, b) = (1.6 * random.NextDouble(), 1.6 * random.NextDouble());
            var kind = random.Next(3);
            if (kind == 0)
                a = 0;
            if (kind == 1)
                b = 0;
            pixels[i] = Light((a * first.R) + (b * second.R));
            pixels[i + 1] = Light((a * first.G) + (b * second.G));
            pixels[i + 2] = Light((a * first.B) + (b * second.B));
        }
        return image;

        static byte Light(double density) => (byte)Math.Round(255 * Math.Exp(-density));
    }

    /// <summary>An image of one color with noise of at most <paramref name="noise"/> in each channel.</summary>
    internal static Image Plain(byte r, byte g, byte b, int noise = 0, int side = 64)
    {
        var random = new Random(4);
        var image = new Image(side, side);
        var pixels = image.WritablePixels;
        byte[] color = [r, g, b];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)Math.Clamp(color[i % 3] + random.Next(-noise, noise + 1), 0, 255);
        return image;
    }

    /// <summary>The same pixels in another order.</summary>
    internal static Image Shuffled(Image image, int seed)
    {
        var order = Enumerable.Range(0, image.Width * image.Height).ToArray();
        new Random(seed).Shuffle(order);
        var result = new Image(image.Width, image.Height);
        for (var i = 0; i < order.Length; i++)
            image.Pixels.Slice(3 * order[i], 3).CopyTo(result.WritablePixels[(3 * i)..]);
        return result;
    }

    /// <summary>The mean absolute difference of two images' samples in gray levels.</summary>
    internal static double Difference(Image a, Image b)
    {
        Assert.Equal(a.ToString(), b.ToString());
        var sum = 0L;
        for (var i = 0; i < a.ByteCount; i++)
            sum += Math.Abs(a.Pixels[i] - b.Pixels[i]);
        return (double)sum / a.ByteCount;
    }
}
