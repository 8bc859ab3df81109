using Coverslip.Phantoms;
using Coverslip.Slides.Stain;

namespace Coverslip.Slides.Tests.Stain;

public sealed class StainEstimateTests
{
    // What phantoms without drift are painted with; see Phantoms/Stain.cs.
    private static readonly StainVector Haematoxylin = new StainVector(0.71, 0.77, 0.52).Unit();
    private static readonly StainVector Eosin = new StainVector(0.12, 0.86, 0.44).Unit();

    [Fact]
    public void Macenko_finds_the_stains_that_were_mixed()
    {
        using var image = StainImages.Mixture(Haematoxylin, Eosin);
        var found = SeparationNormalizer.Estimate(StainMethod.Macenko, image);
        Assert.InRange(found.Haematoxylin.DegreesTo(Haematoxylin), 0, 1);
        Assert.InRange(found.Eosin.DegreesTo(Eosin), 0, 1);
    }

    [Fact]
    public void Vahadane_finds_them_but_for_the_pull_of_sparsity()
    {
        using var image = StainImages.Mixture(Haematoxylin, Eosin);
        var found = SeparationNormalizer.Estimate(StainMethod.Vahadane, image);
        Assert.InRange(found.Haematoxylin.DegreesTo(Haematoxylin), 0, 4);
        Assert.InRange(found.Eosin.DegreesTo(Eosin), 0, 4);
        Assert.True(found.DegreesApart < Haematoxylin.DegreesTo(Eosin), "sparsity draws stains together");
    }

    [Fact]
    public void Whatever_the_order_of_the_pixels_the_stains_are_the_same()
    {
        using var image = StainImages.Phantom(stain: 5, seed: 3);
        foreach (var method in StainImages.Separating)
        {
            var expected = SeparationNormalizer.Estimate(method, image);
            for (var seed = 1; seed <= 10; seed++)
            {
                using var shuffled = StainImages.Shuffled(image, seed);
                Assert.Equal(expected, SeparationNormalizer.Estimate(method, shuffled));
            }
        }
    }

    [Fact]
    public void Phantoms_of_many_stains_give_stains_that_are_unit_non_negative_and_not_swapped()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            using var image = StainImages.Phantom(stain: seed, seed: 100 + seed);
            foreach (var method in StainImages.Separating)
            {
                var found = SeparationNormalizer.Estimate(method, image);
                foreach (var vector in new[] { found.Haematoxylin, found.Eosin })
                {
                    Assert.Equal(1, vector.Length, 9);
                    Assert.True(vector.Least >= 0, $"{vector}");
                }
                var right = found.Haematoxylin.DegreesTo(Haematoxylin) + found.Eosin.DegreesTo(Eosin);
                var swapped = found.Haematoxylin.DegreesTo(Eosin) + found.Eosin.DegreesTo(Haematoxylin);
                Assert.True(right < swapped - 30, $"{method} {seed}: {found}");
            }
        }
    }

    [Fact]
    public void Content_moves_the_stains_of_one_bath_little()
    {
        foreach (var method in StainImages.Separating)
        {
            var found = Enumerable
                .Range(1, 10)
                .Select(seed =>
                {
                    using var patch = PatchPhantom.Paint(
                        new PatchPhantomOptions
                        {
                            Size = 160,
                            StainDrift = 0,
                            Pattern = (TumorPattern)(seed % 2),
                        },
                        seed
                    );
                    return SeparationNormalizer.Estimate(method, patch.Image);
                })
                .ToArray();
            Assert.All(found, one => Assert.InRange(one.Haematoxylin.DegreesTo(found[0].Haematoxylin), 0, 4));
            Assert.All(found, one => Assert.InRange(one.Eosin.DegreesTo(found[0].Eosin), 0, 4));
        }
    }

    [Fact]
    public void Saturated_pixels_do_not_draw_vahadanes_stains_away()
    {
        using var image = StainImages.Mixture(Haematoxylin, Eosin);
        var expected = SeparationNormalizer.Estimate(StainMethod.Vahadane, image);
        var pixels = image.WritablePixels;
        for (var i = 0; i < pixels.Length / 50; i++)
            pixels[i * 3 % pixels.Length] = 0;
        var found = SeparationNormalizer.Estimate(StainMethod.Vahadane, image);
        Assert.InRange(found.Haematoxylin.DegreesTo(expected.Haematoxylin), 0, 0.5);
        Assert.InRange(found.Eosin.DegreesTo(expected.Eosin), 0, 0.5);
    }

    [Fact]
    public void Reinhard_has_no_stains()
    {
        using var image = StainImages.Phantom(stain: 1, seed: 1);
        Assert.Contains(
            "Reinhard finds no stains",
            Assert.Throws<ArgumentException>(() => SeparationNormalizer.Estimate(StainMethod.Reinhard, image)).Message
        );
    }
}
