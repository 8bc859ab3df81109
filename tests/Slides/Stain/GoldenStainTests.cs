using System.Text.Json;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;
using Coverslip.Tests;

namespace Coverslip.Slides.Tests.Stain;

/// <summary>
/// Against <c>golden/golden.py</c>: the same methods pixel by pixel, with scikit-learn, SciPy and OpenCV.
/// </summary>
public sealed class GoldenStainTests
{
    private static readonly string Folder = Path.Combine(TestData.Root, "tests", "Slides", "Stain", "golden");
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(Folder, "golden.json")))
        .RootElement;

    [Theory]
    [InlineData(StainMethod.Macenko, "reference")]
    [InlineData(StainMethod.Macenko, "source")]
    [InlineData(StainMethod.Vahadane, "reference")]
    [InlineData(StainMethod.Vahadane, "source")]
    public void Stains_and_strengths(StainMethod method, string image)
    {
        var golden = Golden.GetProperty(method.ToString().ToLowerInvariant()).GetProperty(image);
        using var pixels = Read(image);
        var found = (SeparationNormalizer)StainNormalizer.Fit(method, pixels);
        Assert.InRange(found.Stains.Haematoxylin.DegreesTo(Vector(golden.GetProperty("stains")[0])), 0, 0.5);
        Assert.InRange(found.Stains.Eosin.DegreesTo(Vector(golden.GetProperty("stains")[1])), 0, 0.5);
        var strength = Numbers(golden.GetProperty("strength"));
        Assert.InRange(found.Strength.Haematoxylin / strength[0], 0.99, 1.01);
        Assert.InRange(found.Strength.Eosin / strength[1], 0.99, 1.01);
    }

    [Theory]
    [InlineData("reference")]
    [InlineData("source")]
    public void Mean_and_deviation_of_lab(string image)
    {
        var golden = Golden.GetProperty("reinhard").GetProperty(image);
        using var pixels = Read(image);
        var found = ((ReinhardNormalizer)StainNormalizer.Fit(StainMethod.Reinhard, pixels)).Target;
        var (mean, deviation) = (Numbers(golden.GetProperty("mean")), Numbers(golden.GetProperty("deviation")));
        for (var channel = 0; channel < 3; channel++)
        {
            Assert.Equal(mean[channel], found.Mean[channel], 0.05);
            Assert.Equal(deviation[channel], found.Deviation[channel], 0.05);
        }
    }

    [Theory]
    [InlineData(StainMethod.Macenko, 1.0)]
    [InlineData(StainMethod.Vahadane, 1.0)]
    [InlineData(StainMethod.Reinhard, 1.0)]
    public void The_normalized_image(StainMethod method, double levels)
    {
        using var reference = Read("reference");
        using var source = Read("source");
        using var expected = Read(method.ToString().ToLowerInvariant());
        using var found = StainNormalizer.Fit(method, reference).Apply(source);
        Assert.InRange(StainImages.Difference(expected, found), 0, levels);
    }

    private static Image Read(string name) => ImageFile.Read(Path.Combine(Folder, $"{name}.png"));

    private static double[] Numbers(JsonElement numbers) => [.. numbers.EnumerateArray().Select(n => n.GetDouble())];

    private static StainVector Vector(JsonElement numbers) =>
        Numbers(numbers) is [var r, var g, var b] ? new StainVector(r, g, b) : default;
}
