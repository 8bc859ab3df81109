using Coverslip.Phantoms;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Slides.Tests.Stain;

/// <summary>Glass that a camera shows gray or green, on phantoms whose glass is known.</summary>
public sealed class GlassBalancedTests
{
    [Theory]
    [InlineData(StainMethod.Vahadane)]
    [InlineData(StainMethod.Macenko)]
    [InlineData(StainMethod.Reinhard)]
    public void A_tinted_image_comes_out_as_the_same_image_under_white_light(StainMethod method)
    {
        using var reference = Painted(7);
        using var white = Painted(8);
        using var green = Through(white, 0.84, 0.89, 0.87);
        var normalizer = GlassBalanced.Fit(method, reference);
        using var wanted = normalizer.Apply(white);
        using var balanced = normalizer.Apply(green);
        using var plain = normalizer.Inner.Apply(green);
        Assert.True(Difference(balanced, wanted) < 3, $"{Difference(balanced, wanted)}");
        // Reinhard's means and deviations take away most of a tint by themselves.
        if (method != StainMethod.Reinhard)
            Assert.True(Difference(plain, wanted) > 2 * Difference(balanced, wanted), $"{Difference(plain, wanted)}");
    }

    [Theory]
    [InlineData(120, 60, 140)] // dark tissue from edge to edge
    [InlineData(235, 170, 205)] // pale pink tissue: bright, but no gray
    [InlineData(255, 255, 255)] // white already
    public void Images_without_tinted_glass_stay_as_they_are(byte r, byte g, byte b)
    {
        using var image = new Image(20, 20);
        var pixels = image.WritablePixels;
        for (var i = 0; i < pixels.Length; i += 3)
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (r, g, b);
        Assert.Null(GlassLight.Of(image));
    }

    [Fact]
    public void A_file_keeps_it()
    {
        using var reference = Painted(7);
        var normalizer = GlassBalanced.Fit(StainMethod.Macenko, reference);
        var text = StainFile.ToJson(normalizer);
        Assert.Contains("\"balance_glass\": true", text);
        Assert.Equal(normalizer, Assert.IsType<GlassBalanced>(StainFile.Parse(text, "stain.json")));
        Assert.DoesNotContain("balance_glass", StainFile.ToJson(normalizer.Inner));
    }

    private static Image Painted(int seed)
    {
        using var phantom = PatchPhantom.Paint(new PatchPhantomOptions { Size = 128, MostTumor = 0.5 }, seed);
        return Through(phantom.Image, 1, 1, 1);
    }

    /// <summary>The image under a light of another color.</summary>
    private static Image Through(Image image, double r, double g, double b)
    {
        var result = new Image(image.Width, image.Height);
        double[] light = [r, g, b];
        for (var i = 0; i < image.Pixels.Length; i++)
            result.WritablePixels[i] = (byte)Math.Round(image.Pixels[i] * light[i % 3]);
        return result;
    }

    private static double Difference(Image one, Image other)
    {
        long sum = 0;
        for (var i = 0; i < one.Pixels.Length; i++)
            sum += Math.Abs(one.Pixels[i] - other.Pixels[i]);
        return (double)sum / one.Pixels.Length;
    }
}
