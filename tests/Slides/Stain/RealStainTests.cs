using System.Text.Json;
using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;
using Coverslip.Tests;

namespace Coverslip.Slides.Tests.Stain;

/// <summary>
/// Real images against what StainTools 2.1 (Macenko, Vahadane) and TIAToolbox 2.0.1 (Reinhard) made of them.
/// </summary>
public sealed class RealStainTests
{
    private const double MostDegrees = 3;
    private const double MostLevels = 3;

    [Theory]
    [InlineData(StainMethod.Macenko, "target")]
    [InlineData(StainMethod.Macenko, "glas")]
    [InlineData(StainMethod.Macenko, "breakhis")]
    [InlineData(StainMethod.Macenko, "cmu")]
    [InlineData(StainMethod.Vahadane, "target")]
    [InlineData(StainMethod.Vahadane, "glas")]
    [InlineData(StainMethod.Vahadane, "breakhis")]
    [InlineData(StainMethod.Vahadane, "cmu")]
    public void Stains_as_StainTools_finds_them(StainMethod method, string image)
    {
        var folder = TestData.Folder("stain");
        var all = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "stain_matrices.json"))).RootElement;
        var theirs = all.GetProperty($"{image}.staintools.{method.ToString().ToLowerInvariant()}");
        using var pixels = ImageFile.Read(Path.Combine(folder, $"{image}.png"));
        var ours = SeparationNormalizer.Estimate(method, pixels);
        Assert.InRange(ours.Haematoxylin.DegreesTo(Vector(theirs[0])), 0, MostDegrees);
        Assert.InRange(ours.Eosin.DegreesTo(Vector(theirs[1])), 0, MostDegrees);
        using var shuffled = StainImages.Shuffled(pixels, seed: 1);
        Assert.Equal(ours, SeparationNormalizer.Estimate(method, shuffled));
    }

    [Theory]
    [InlineData(StainMethod.Macenko, "staintools")]
    [InlineData(StainMethod.Vahadane, "staintools")]
    [InlineData(StainMethod.Reinhard, "tiatoolbox")]
    public void Images_as_the_published_tools_make_them(StainMethod method, string tool)
    {
        var folder = TestData.Folder("stain");
        using var target = ImageFile.Read(Path.Combine(folder, "target.png"));
        var normalizer = StainNormalizer.Fit(method, target);
        foreach (var image in (string[])["glas", "breakhis", "cmu"])
        {
            using var source = ImageFile.Read(Path.Combine(folder, $"{image}.png"));
            using var theirs = ImageFile.Read(
                Path.Combine(folder, $"{image}.{tool}.{method.ToString().ToLowerInvariant()}.png")
            );
            using var ours = normalizer.Apply(source);
            Assert.InRange(StainImages.Difference(ours, theirs), 0, MostLevels);
        }
    }

    private static StainVector Vector(JsonElement numbers) =>
        new(numbers[0].GetDouble(), numbers[1].GetDouble(), numbers[2].GetDouble());
}
