using Coverslip.Slides.Stain;

namespace Coverslip.Slides.Tests.Stain;

public sealed class StainFileTests
{
    private const string Vahadane = """
        { "method": "vahadane", "haematoxylin": [0.6, 0.64, 0.48], "eosin": [0, 0.96, 0.28], "strength": [1.5, 0.9] }
        """;

    private const string Reinhard = """
        { "method": "reinhard", "lab_mean": [70, 20, -10], "lab_deviation": [15, 10, 8] }
        """;

    [Theory]
    [InlineData(StainMethod.Macenko)]
    [InlineData(StainMethod.Vahadane)]
    [InlineData(StainMethod.Reinhard)]
    public void What_is_read_normalizes_as_what_was_written(StainMethod method)
    {
        using var reference = StainImages.Phantom(stain: 2, seed: 1);
        using var source = StainImages.Phantom(stain: 9, seed: 5);
        var written = StainNormalizer.Fit(method, reference);
        var json = StainFile.ToJson(written);
        Assert.InRange(json.Length, 50, 600);
        var read = StainFile.Parse(json, "stain.json");
        Assert.Equal(method, read.Method);
        Assert.Equal(json, StainFile.ToJson(read));
        using var expected = written.Apply(source);
        using var found = read.Apply(source);
        Assert.True(expected.Pixels.SequenceEqual(found.Pixels), "the images differ");
    }

    [Fact]
    public void Numbers_arrive_where_they_belong()
    {
        var separation = (SeparationNormalizer)StainFile.Parse(Vahadane, "a.json");
        Assert.Equal(new StainVector(0.6, 0.64, 0.48), separation.Stains.Haematoxylin);
        Assert.Equal(new StainVector(0, 0.96, 0.28), separation.Stains.Eosin);
        Assert.Equal(new StainStrength(1.5, 0.9), separation.Strength);
        var reinhard = (ReinhardNormalizer)StainFile.Parse(Reinhard, "b.json");
        Assert.Equal([70, 20, -10], reinhard.Target.Mean);
        Assert.Equal([15, 10, 8], reinhard.Target.Deviation);
    }

    [Theory]
    [InlineData(Vahadane, "\"vahadane\"", "\"ruifrok\"", "method")]
    [InlineData(Vahadane, "\"method\": \"vahadane\", ", "", "method")]
    [InlineData(Vahadane, "\"strength\": [1.5, 0.9]", "\"strenght\": [1.5, 0.9]", "strenght")]
    [InlineData(Vahadane, ", \"strength\": [1.5, 0.9]", "", "strength is missing")]
    [InlineData(Vahadane, "[1.5, 0.9]", "[1.5]", "strength has 1 numbers, not 2")]
    [InlineData(Vahadane, "[1.5, 0.9]", "[1.5, 0]", "strength is 1.5, 0; each is greater than 0")]
    [InlineData(Vahadane, "[1.5, 0.9]", "[1.5, \"NaN\"]", "strength")]
    [InlineData(Vahadane, "0.6, 0.64", "-0.6, 0.64", "negative")]
    [InlineData(Vahadane, "0.6, 0.64", "0.6, 0.1", "its length is 1")]
    [InlineData(Vahadane, "[0, 0.96, 0.28]", "[0.6, 0.64, 0.48]", "less than 2°")]
    [InlineData(Vahadane, "}", ", \"lab_mean\": [1, 2, 3] }", "lab_mean does not belong to vahadane")]
    [InlineData(Reinhard, "[15, 10, 8]", "[15, -10, 8]", "lab_deviation is 15, -10, 8")]
    [InlineData(Reinhard, "[70, 20, -10]", "null", "lab_mean is missing")]
    [InlineData(Reinhard, "}", ", \"eosin\": [0, 0.96, 0.28] }", "eosin does not belong to reinhard")]
    [InlineData(Reinhard, "{", "", "no stain file")]
    public void What_is_wrong_with_a_file_is_said(string json, string right, string wrong, string reason)
    {
        var changed = json.Replace(right, wrong);
        var error = Assert.Throws<InvalidDataException>(() => StainFile.Parse(changed, "stain.json"));
        Assert.StartsWith("stain.json: no stain file: ", error.Message);
        Assert.Contains(reason, error.Message);
        Assert.Contains("coverslip stain fit", error.Message);
    }
}
