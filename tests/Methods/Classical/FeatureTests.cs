using Coverslip.Learning.Features;
using Coverslip.Methods.Classical;

namespace Coverslip.Methods.Tests.Classical;

/// <summary>Features against numpy, scikit-image and a plain rendering of their definition.</summary>
public sealed class FeatureTests
{
    [Theory, InlineData("whole"), InlineData("masked")]
    public void Color_histograms_are_numpys(string name) =>
        Equal(GoldenClassical.Numbers(name, "histogram"), new ColorHistogram(16), name);

    [Theory]
    [InlineData("whole", 8, 1.0)]
    [InlineData("whole", 16, 2.0)]
    [InlineData("whole", 12, 2.5)]
    [InlineData("masked", 8, 1.0)]
    [InlineData("masked", 16, 2.0)]
    [InlineData("masked", 12, 2.5)]
    public void Local_binary_patterns_are_scikit_images(string name, int points, double radius)
    {
        var key = FormattableString.Invariant($"codes_{points}_{radius}");
        int[] expected = [.. GoldenClassical.Numbers(name, key).Select(c => (int)c)];
        var patterns = new LocalBinaryPatterns(points, radius);
        Assert.Equal(expected, patterns.Codes(GoldenClassical.Image(name)));
        double counted = expected.Count(c => c >= 0);
        Assert.InRange(counted, 20, expected.Length - 1);
        double[] shares = [.. Enumerable.Range(0, points + 2).Select(code => expected.Count(c => c == code) / counted)];
        Equal(shares, patterns, name);
    }

    [Theory, InlineData("whole"), InlineData("masked")]
    public void Threshold_adjacency_statistics_are_those_of_their_definition(string name)
    {
        Assert.Equal(162, new Pftas().Count);
        Equal(GoldenClassical.Numbers(name, "pftas"), new Pftas(), name);
    }

    [Fact]
    public void A_flat_image_has_one_color_one_pattern_and_no_bright_structure()
    {
        var samples = new byte[12 * 10 * PatchPixels.Stride];
        Array.Fill(samples, (byte)240);
        var image = new PatchPixels(samples, 12, 10);
        Assert.Equal(3, new ColorHistogram(16).Describe(image).Count(v => v == 1));
        // All points of a circle are as bright as its center: the pattern of all points.
        Assert.Equal(1, new LocalBinaryPatterns(12, 2.5).Describe(image)[12]);
        // Nothing differs from the mean: each image is wholly black, its exchange white with 8 white neighbors.
        var red = new Pftas().Describe(image)[..54];
        Assert.Equal([0, 0, 0, 1, 1, 1], Enumerable.Range(0, 6).Select(i => red[i * 9 + 8]));
        Assert.Equal(3, red.Sum());
    }

    [Fact]
    public void What_a_mask_hides_changes_nothing()
    {
        var image = GoldenClassical.Image("masked");
        var other = (byte[])image.Samples.Clone();
        for (var i = 0; i < other.Length; i += PatchPixels.Stride)
            if (other[i + 3] == 0)
                (other[i], other[i + 1], other[i + 2]) = (255, 0, 77);
        foreach (var kind in KnownFeatures.Of(KnownFeatures.Sets[^1], new FeatureOptions()))
        {
            var described = kind.Describe(image);
            Assert.Equal(kind.Count, described.Length);
            Assert.Equal(described, kind.Describe(image with { Samples = other }));
        }
    }

    [Fact]
    public void Nothing_valid_gives_zeros()
    {
        var nothing = new PatchPixels(new byte[9 * 9 * PatchPixels.Stride], 9, 9);
        foreach (var kind in KnownFeatures.Of(KnownFeatures.Sets[^1], new FeatureOptions()))
            Assert.All(kind.Describe(nothing), v => Assert.Equal(0, v));
    }

    [Fact]
    public void Features_combine_in_one_order() =>
        Assert.Equal(
            [
                "color-histogram",
                "lbp",
                "color-histogram+lbp",
                "pftas",
                "color-histogram+pftas",
                "lbp+pftas",
                "color-histogram+lbp+pftas",
            ],
            KnownFeatures.Sets
        );

    private static void Equal(double[] expected, IImageFeatures kind, string name)
    {
        Assert.Equal(expected.Length, kind.Count);
        GoldenClassical.Equal([expected], [kind.Describe(GoldenClassical.Image(name))], 1e-12);
    }
}
