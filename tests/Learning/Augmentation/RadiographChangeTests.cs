using Coverslip.Files;
using Coverslip.Learning.Augmentation;

namespace Coverslip.Learning.Tests.Augmentation;

/// <summary>Small turns, sharpening, blurring.</summary>
public sealed class RadiographChangeTests
{
    private const int Side = 40;

    [Fact]
    public void A_turn_moves_a_spot_about_the_center()
    {
        // Over many draws the spot stays on its circle, to both sides, and never beyond the greatest turn.
        var options = new AugmentationOptions { Rotation = 30 };
        List<double> angles = [];
        for (var n = 0; n < 60; n++)
        {
            var image = Gray(0);
            Spot(image, row: 20, column: 34); // 14.5 right of the center
            Apply(image, options, n);
            var (y, x, _) = Center(image);
            angles.Add(Math.Atan2(y - 19.5, x - 19.5) * 180 / Math.PI);
            Assert.InRange(Math.Sqrt((y - 19.5) * (y - 19.5) + (x - 19.5) * (x - 19.5)), 13.9, 15.1);
        }
        Assert.InRange(angles.Max(), 18, 31);
        Assert.InRange(angles.Min(), -31, -18);
    }

    [Fact]
    public void Blurring_spreads_light_and_keeps_its_sum_sharpening_does_the_contrary()
    {
        var (blurred, sharpened) = (Edge(), Edge());
        Apply(blurred, new AugmentationOptions { Blur = 1, Focus = 3 }, 5);
        Apply(sharpened, new AugmentationOptions { Sharpen = 1, Focus = 3 }, 5);
        int At(byte[] image, int column) => image[(20 * Side + column) * 4];
        Assert.True(At(blurred, 18) > At(Edge(), 18) && At(blurred, 21) < At(Edge(), 21));
        Assert.True(At(sharpened, 19) < At(Edge(), 19) && At(sharpened, 20) > At(Edge(), 20));
        Assert.Equal(At(Edge(), 2), At(sharpened, 2)); // far from the edge nothing changes
        Assert.InRange(blurred.Average(b => (double)b) - Edge().Average(b => (double)b), -0.6, 0.6);
    }

    [Fact]
    public void Shares_say_how_many_images_change_and_the_mask_stays()
    {
        var options = new AugmentationOptions { Sharpen = 0.3, Blur = 0.2 };
        var changed = 0;
        for (var n = 0; n < 400; n++)
        {
            var image = Edge();
            image[3] = 0;
            Apply(image, options, n);
            Assert.Equal(0, image[3]);
            image[3] = 255;
            changed += image.SequenceEqual(Edge()) ? 0 : 1;
        }
        Assert.InRange(changed / 400.0, 0.38, 0.56);
    }

    [Fact]
    public void Colors_change_channel_by_channel()
    {
        var image = Edge();
        for (var i = 0; i < image.Length; i += 4)
            image[i + 1] = 77;
        Apply(image, new AugmentationOptions { Blur = 1, Focus = 2 }, 3);
        for (var i = 0; i < image.Length; i += 4)
            Assert.Equal((77, image[i]), (image[i + 1], image[i + 2]));
    }

    private static void Apply(byte[] image, AugmentationOptions options, int stream)
    {
        var random = new SeededRandom(11, stream);
        RadiographChange.Draw(options, random).Apply(image, Side, Side);
    }

    private static byte[] Gray(byte value)
    {
        var image = new byte[Side * Side * 4];
        for (var i = 0; i < image.Length; i++)
            image[i] = i % 4 == 3 ? (byte)255 : value;
        return image;
    }

    private static byte[] Edge()
    {
        var image = Gray(60);
        for (var y = 0; y < Side; y++)
        for (var x = Side / 2; x < Side; x++)
        for (var c = 0; c < 3; c++)
            image[(y * Side + x) * 4 + c] = 180;
        return image;
    }

    private static void Spot(byte[] image, int row, int column)
    {
        for (var y = row - 1; y <= row; y++)
        for (var x = column - 1; x <= column; x++)
        for (var c = 0; c < 3; c++)
            image[(y * Side + x) * 4 + c] = 250;
    }

    private static (double Y, double X, double Sum) Center(byte[] image)
    {
        double y = 0,
            x = 0,
            sum = 0;
        for (var i = 0; i < Side * Side; i++)
        {
            var light = image[i * 4];
            (y, x, sum) = (y + light * (i / Side), x + light * (i % Side), sum + light);
        }
        return (y / sum, x / sum, sum);
    }
}
