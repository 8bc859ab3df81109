using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Images;

public sealed class TransformsTests
{
    [Fact]
    public void Shrinking_takes_the_mean_over_the_area()
    {
        using var image = Image.From([0, 10, 100, 200, 20, 30, 100, 200], 4, 2, channels: 1);
        using var small = Transforms.Resize(image, 2, 1);
        Assert.Equal(new byte[] { 15, 150 }, small.Pixels.ToArray());
    }

    [Fact]
    public void Nearest_invents_no_values()
    {
        using var mask = Image.From([0, 255, 255, 0], 2, 2, channels: 1);
        using var large = Transforms.Resize(mask, 7, 9, Interpolation.Nearest);
        Assert.Equal((7, 9), (large.Width, large.Height));
        Assert.True(large.Pixels.IndexOfAnyExcept((byte)0, (byte)255) < 0);
    }

    [Theory]
    [InlineData(Interpolation.Linear)]
    [InlineData(Interpolation.Cubic)]
    [InlineData(Interpolation.Area)]
    [InlineData(null)]
    public void A_flat_image_stays_flat_at_every_size(Interpolation? interpolation)
    {
        using var image = new Image(6, 4, depth: 16);
        image.WritablePixels16.Fill(12345);
        using var large = Transforms.Resize(image, 17, 3, interpolation);
        Assert.True(large.Pixels16.IndexOfAnyExcept((ushort)12345) < 0);
    }

    [Fact]
    public void A_crop_holds_the_rectangle()
    {
        using var image = Pictures.Noise(9, 8);
        using var crop = Transforms.Crop(image, 2, 3, 4, 5);
        for (var y = 0; y < 5; y++)
            Assert.True(crop.Row(y).SequenceEqual(image.Row(3 + y).Slice(6, 12)));
    }

    [Theory]
    [InlineData(-1, 0, 2, 2)]
    [InlineData(0, 0, 10, 2)]
    [InlineData(8, 0, 2, 2)]
    [InlineData(0, 7, 2, int.MaxValue)]
    [InlineData(0, 0, 0, 2)]
    public void A_crop_that_leaves_the_image_is_refused(int x, int y, int width, int height)
    {
        using var image = new Image(9, 8);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Transforms.Crop(image, x, y, width, height));
        Assert.Contains("do not lie within the 9 × 8 RGB image", error.Message);
    }

    [Fact]
    public void A_size_of_nothing_is_refused()
    {
        using var image = new Image(9, 8);
        Assert.Throws<ArgumentOutOfRangeException>(() => Transforms.Resize(image, 0, 4));
    }
}
