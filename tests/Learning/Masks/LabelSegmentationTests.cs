using Coverslip.Learning.Masks;
using Coverslip.Slides.Images;
using Coverslip.Torch;

namespace Coverslip.Learning.Tests.Masks;

[Collection("tensors of masks")]
public sealed class LabelSegmentationTests
{
    private static readonly MaskOptions Small = new()
    {
        Labels = 16,
        Channels = 16,
        MinimumLabels = 4,
        Segments = 100,
        MaxSteps = 200,
    };

    // Left dark violet, right bright: what any segmentation must tell apart, with grain so that both have texture.
    private static Image TwoColors(int side = 48)
    {
        var image = new Image(side, side);
        var random = new Random(5);
        for (var i = 0; i < side * side; i++)
        {
            var dark = i % side < side / 2;
            for (var c = 0; c < 3; c++)
                image.WritablePixels[3 * i + c] = (byte)(random.Next(-10, 11) + (dark ? (c == 1 ? 80 : 110) : 225));
        }
        return image;
    }

    [Theory]
    [InlineData(MaskMode.Fast, "saganet")]
    [InlineData(MaskMode.Plain, "saganet")]
    [InlineData(MaskMode.Fast, "kanezaki")]
    public void Two_colors_share_no_label_and_nothing_leaks(MaskMode mode, string network)
    {
        using var image = TwoColors();
        var options =
            network == "saganet"
                ? Small
                : MaskOptions.Kanezaki with
                {
                    Labels = 16,
                    Channels = 16,
                    MinimumLabels = 4,
                    Segments = 100,
                };
        var before = Tensor.Live;
        var found = LabelSegmentation.Segment(image, options with { Mode = mode });
        Assert.Equal(before, Tensor.Live);
        Assert.InRange(found.Count, 2, 4);
        Assert.True(found.Stopped && found.Steps < 200);
        // Beside the border, about a superpixel wide, no label stands on both sides.
        var side = image.Width;
        var left = found.Labels.Where((_, i) => i % side < side / 2 - 6).ToHashSet();
        Assert.DoesNotContain(found.Labels.Where((_, i) => i % side > side / 2 + 6), left.Contains);
    }

    [Fact]
    public void The_same_seed_gives_the_same_labels_and_another_may_not()
    {
        using var image = TwoColors();
        var options = Small with { MinimumLabels = 6 };
        var (a, b) = (LabelSegmentation.Segment(image, options), LabelSegmentation.Segment(image, options));
        Assert.Equal(a.Labels, b.Labels);
        Assert.Equal((a.Steps, a.Count), (b.Steps, b.Count));
        Assert.Contains(
            Enumerable.Range(2, 4),
            seed =>
                !LabelSegmentation.Segment(image, options with { Seed = seed }).Labels.AsSpan().SequenceEqual(a.Labels)
        );
    }

    [Theory]
    [InlineData(200, 1, 1)]
    [InlineData(200, 1, 0.25)]
    [InlineData(3, 77, 1)]
    [InlineData(3, 77, 0.25)]
    [InlineData(100, 4, 0.25)]
    public void A_strip_of_a_few_pixels_has_labels_too(int width, int height, double scale)
    {
        using var image = new Image(width, height);
        new Random(3).NextBytes(image.WritablePixels);
        var found = LabelSegmentation.Segment(image, Small with { Scale = scale, Segments = null, MaxSteps = 3 });
        Assert.Equal(width * height, found.Labels.Length);
        Assert.InRange(found.Count, 1, found.Labels.Max() + 1);
    }

    [Fact]
    public void The_step_limit_ends_it()
    {
        using var image = TwoColors();
        var found = LabelSegmentation.Segment(image, Small with { MaxSteps = 1 });
        Assert.Equal(1, found.Steps);
        Assert.False(found.Stopped);
        Assert.True(found.Count > 4);
    }

    [Fact]
    public void Fast_and_plain_begin_with_the_same_labels_and_end_in_the_same_areas()
    {
        using var image = TwoColors();
        var first = Small with { MaxSteps = 1 };
        Assert.Equal(
            LabelSegmentation.Segment(image, first with { Mode = MaskMode.Plain }).Labels.Distinct().Count(),
            LabelSegmentation.Segment(image, first).Labels.Distinct().Count()
        );
        var rules = new MaskRules
        {
            Low = 50,
            High = 160,
            Red = 60,
            Smooth = 1,
        };
        var plain = new MaskMaker(Small with { Mode = MaskMode.Plain }, rules).Make(image);
        var fast = new MaskMaker(Small, rules).Make(image);
        Assert.True(MaskIou(plain.Mask, fast.Mask) > 0.9);
    }

    [Fact]
    public void A_shrunk_segmentation_is_judged_at_full_size()
    {
        using var image = TwoColors(96);
        var result = new MaskMaker(
            Small with
            {
                Scale = 0.5,
            },
            new MaskRules
            {
                Low = 50,
                High = 160,
                Red = 60,
                Smooth = 1,
            }
        ).Make(image);
        Assert.Equal(96 * 96, result.Mask.Length);
        Assert.Equal(96 * 96, result.Areas.Sum(a => a.Pixels));
        Assert.InRange(result.ShareValid, 0.4, 0.6);
    }

    [Fact]
    public void Nothing_valid_says_which_rule_removed_each_area()
    {
        using var image = TwoColors();
        var result = new MaskMaker(Small, MaskRules.Published).Make(image);
        Assert.True(result.Empty);
        Assert.All(result.Mask, m => Assert.Equal(0, m));
        Assert.Contains("blank (22", result.Reason);
        Assert.Contains("smooth (", result.Reason);
    }

    [Fact]
    public void Bad_options_and_images_are_refused()
    {
        using var image = TwoColors();
        using var gray = new Image(8, 8, channels: 1);
        void Refused(string part, MaskOptions options) =>
            Assert.Contains(
                part,
                Assert.Throws<ArgumentException>(() => LabelSegmentation.Segment(image, options)).Message
            );
        Refused("Labels is 1", Small with { Labels = 1 });
        Refused("MinimumLabels is 17", Small with { MinimumLabels = 17 });
        Refused("Scale is 0", Small with { Scale = 0 });
        Refused("Momentum is 1", Small with { Momentum = 1 });
        Refused("MaxSteps is 0", Small with { MaxSteps = 0 });
        Assert.Contains("RGB", Assert.Throws<ArgumentException>(() => LabelSegmentation.Segment(gray, Small)).Message);
    }

    private static double MaskIou(byte[] a, byte[] b)
    {
        var both = a.Zip(b).Count(p => p.First != 0 && p.Second != 0);
        return (double)both / a.Zip(b).Count(p => p.First != 0 || p.Second != 0);
    }
}
