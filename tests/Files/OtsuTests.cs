namespace Coverslip.Files.Tests;

/// <summary>The threshold is the one that every other is worse than.</summary>
public sealed class OtsuTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_threshold_leaves_less_variance_within_the_classes(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 30; i++)
        {
            var histogram = new long[256];
            for (var bins = random.Next(2, 60); bins > 0; bins--)
                histogram[random.Next(256)] += random.Next(1, 1000);
            if (histogram.Count(h => h > 0) < 2)
                continue;
            var within = Enumerable.Range(0, 255).Select(t => Within(histogram, t)).ToList();
            var found = Otsu.Of(histogram);
            Assert.Equal(within.Min(), within[found.Threshold], 1e-6 * (1 + within.Max()));
            Assert.Equal(found.Contrast, Otsu.At(histogram, found.Threshold).Contrast, 1e-9);
        }
    }

    [Fact]
    public void One_value_has_no_contrast()
    {
        var histogram = new long[256];
        histogram[243] = 5;
        Assert.Equal(0, Otsu.Of(histogram).Contrast);
        Assert.Equal(0, Otsu.At(histogram, 100).Contrast);
    }

    [Theory]
    [InlineData("bell", 12.0)]
    [InlineData("flat", 12.0)]
    [InlineData("falling", 12.0)]
    [InlineData("bell", 2.0)]
    public void One_lump_is_not_two_classes(string shape, double width)
    {
        var histogram = new long[256];
        for (var value = 0; value < 256; value++)
        {
            var z = (value - 60) / width;
            var density = shape switch
            {
                "bell" => Math.Exp(-z * z / 2),
                "flat" => Math.Abs(z) <= 1 ? 1 : 0,
                _ => z < 0 ? 0 : Math.Exp(-z),
            };
            histogram[value] = (long)(1e6 * density);
        }
        Assert.False(Otsu.Of(histogram).PartsTwo);
        // The same lump beside another of a tenth of its size is.
        foreach (var value in Enumerable.Range(0, 256).Where(v => v + 120 < 256 && histogram[v] > 0).Reverse())
            histogram[value + 120] += histogram[value] / 10;
        Assert.True(Otsu.Of(histogram).PartsTwo);
    }

    private static double Within(long[] histogram, int threshold)
    {
        var sum = 0.0;
        foreach (
            var side in new[] { Enumerable.Range(0, threshold + 1), Enumerable.Range(threshold + 1, 255 - threshold) }
        )
        {
            var count = side.Sum(v => histogram[v]);
            var mean = side.Sum(v => (double)v * histogram[v]) / Math.Max(1, count);
            sum += side.Sum(v => histogram[v] * (v - mean) * (v - mean));
        }
        return sum;
    }
}
