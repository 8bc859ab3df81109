using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Images;

public sealed class ColorSpacesTests
{
    // Lab after Lindbloom's figures for sRGB under D65: red 53.24, 80.09, 67.20; green 87.73, −86.18, 83.18;
    // blue 32.30, 79.19, −107.86.
    [Theory]
    [InlineData(255, 0, 0, 136, 208, 195)]
    [InlineData(0, 255, 0, 224, 42, 211)]
    [InlineData(0, 0, 255, 82, 207, 20)]
    [InlineData(255, 255, 255, 255, 128, 128)]
    [InlineData(0, 0, 0, 0, 128, 128)]
    public void Lab_of_known_colors(byte r, byte g, byte b, int l, int a, int bb)
    {
        var lab = Convert(ColorConversion.RgbToLab, r, g, b);
        Assert.InRange(lab[0], l - 1, l + 1);
        Assert.InRange(lab[1], a - 1, a + 1);
        Assert.InRange(lab[2], bb - 1, bb + 1);
    }

    [Theory]
    [InlineData(255, 0, 0, 0, 255, 255)]
    [InlineData(0, 255, 0, 60, 255, 255)]
    [InlineData(0, 0, 255, 120, 255, 255)]
    [InlineData(128, 64, 64, 0, 128, 128)]
    [InlineData(90, 90, 90, 0, 0, 90)]
    public void Hsv_of_known_colors(byte r, byte g, byte b, byte h, byte s, byte v) =>
        Assert.Equal(new[] { h, s, v }, Convert(ColorConversion.RgbToHsv, r, g, b));

    [Fact]
    public void Gray_is_the_weighted_sum_and_back_it_is_repeated()
    {
        Assert.Equal(new byte[] { 125 }, Convert(ColorConversion.RgbToGray, 200, 100, 60)); // 59.8 + 58.7 + 6.84
        using var gray = Image.From([7, 9], 2, 1, channels: 1);
        using var rgb = ColorSpaces.Convert(gray, ColorConversion.GrayToRgb);
        Assert.Equal(new byte[] { 7, 7, 7, 9, 9, 9 }, rgb.Pixels.ToArray());
    }

    [Fact]
    public void Red_and_blue_change_places() =>
        Assert.Equal(new byte[] { 3, 2, 1 }, Convert(ColorConversion.RgbToBgr, 1, 2, 3));

    [Theory]
    [InlineData(ColorConversion.RgbToLab, ColorConversion.LabToRgb, 5)]
    [InlineData(ColorConversion.RgbToHsv, ColorConversion.HsvToRgb, 6)]
    public void There_and_back_is_nearly_the_same(ColorConversion there, ColorConversion back, int tolerance)
    {
        using var image = Pictures.Ramp(40, 30);
        using var other = ColorSpaces.Convert(image, there);
        using var again = ColorSpaces.Convert(other, back);
        for (var i = 0; i < image.ByteCount; i++)
            Assert.InRange(again.Pixels[i] - image.Pixels[i], -tolerance, tolerance);
    }

    [Fact]
    public void What_does_not_suit_the_conversion_is_refused()
    {
        using var gray = new Image(2, 2, channels: 1);
        using var deep = new Image(2, 2, depth: 16);
        Assert.Contains(
            "takes 3 channels",
            Assert.Throws<ArgumentException>(() => ColorSpaces.Convert(gray, ColorConversion.RgbToLab)).Message
        );
        Assert.Contains(
            "takes 8 bits",
            Assert.Throws<ArgumentException>(() => ColorSpaces.Convert(deep, ColorConversion.RgbToLab)).Message
        );
    }

    private static byte[] Convert(ColorConversion conversion, params byte[] rgb)
    {
        using var image = Image.From(rgb, 1, 1);
        using var result = ColorSpaces.Convert(image, conversion);
        return result.Pixels.ToArray();
    }
}
