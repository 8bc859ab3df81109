using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;

namespace Coverslip.Slides.Tests.Stain;

/// <summary>Borders of pure black and pure white change nothing that is measured.</summary>
public sealed class PurePixelsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public void A_border_changes_no_estimate(byte value)
    {
        using var image = StainImages.Phantom(stain: 2, seed: 1);
        using var bordered = Bordered(image, value);
        foreach (var method in Enum.GetValues<StainMethod>())
        {
            var (plain, other) = (StainNormalizer.Fit(method, image), StainNormalizer.Fit(method, bordered));
            Assert.Equal(StainFile.ToJson(plain), StainFile.ToJson(other));
        }
        // 32 pixels on each side of 128.
        Assert.Equal(1 - (128.0 * 128 / (192 * 192)), PurePixels.ShareOf(bordered), 12);
    }

    [Fact]
    public void A_white_border_does_not_hide_gray_glass()
    {
        using var image = StainImages.Phantom(stain: 2, seed: 1);
        foreach (ref var value in image.WritablePixels)
            value = (byte)Math.Min(value, (byte)225);
        using var bordered = Bordered(image, 255);
        Assert.Equal(
            StainFile.ToJson(GlassBalanced.Fit(StainMethod.Macenko, image)),
            StainFile.ToJson(GlassBalanced.Fit(StainMethod.Macenko, bordered))
        );
    }

    private static Image Bordered(Image image, byte value)
    {
        const int border = 32;
        var wide = new Image(image.Width + (2 * border), image.Height + (2 * border));
        wide.WritablePixels.Fill(value);
        for (var y = 0; y < image.Height; y++)
        {
            var to = wide.WritablePixels[(((y + border) * wide.Stride) + (border * 3))..];
            image.Row(y)[..image.Stride].CopyTo(to);
        }
        return wide;
    }
}
