using Coverslip.Learning.Features;
using Coverslip.Slides.Images;

namespace Coverslip.Learning.Tests.Features;

public sealed class NearestHistogramTests
{
    [Fact]
    public void A_histogram_holds_the_share_of_each_bin_and_channel()
    {
        using var image = Image.From([0, 15, 16, 255, 240, 128, 0, 15, 16, 0, 15, 31], 2, 2);
        var shares = NearestHistogram.Of(image);
        Assert.Equal(48, shares.Length);
        Assert.Equal((0.75, 0.25), (shares[0], shares[15]));
        Assert.Equal((0.75, 0.25), (shares[16], shares[31]));
        Assert.Equal((0.75, 0.25), (shares[33], shares[40]));
        Assert.Equal(3, shares.Sum(), 1e-12);
    }

    [Fact]
    public void The_nearest_one_gives_its_label()
    {
        (double[], string)[] training = [([1, 0], "a"), ([0, 1], "b"), ([0.4, 0.6], "b")];
        Assert.Equal(1, NearestHistogram.Accuracy(training, [([0.9, 0.1], "a"), ([0.2, 0.8], "b")]));
        Assert.Equal(0.5, NearestHistogram.Accuracy(training, [([0.9, 0.1], "b"), ([0.65, 0.35], "b")]));
        Assert.Equal(0, NearestHistogram.Accuracy(training, [([0.9, 0.1], "b")]));
    }
}
