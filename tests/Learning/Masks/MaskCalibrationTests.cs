using Coverslip.Learning.Masks;

namespace Coverslip.Learning.Tests.Masks;

public sealed class MaskCalibrationTests
{
    private static Area Tissue(Random random, double brightness = 150, double redness = 60, double texture = 25) =>
        new(0, 100, 0.5, brightness + random.NextDouble() * 16 - 8, redness + random.NextDouble() * 8 - 4)
        {
            Texture = texture + random.NextDouble() * 6 - 3,
        };

    private static List<IReadOnlyList<Area>> Cohort(Func<Random, int, IEnumerable<Area>> further)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, 40).Select(i => (IReadOnlyList<Area>)[Tissue(random), .. further(random, i)])];
    }

    [Fact]
    public void An_even_cohort_loses_nothing()
    {
        var images = Cohort((random, _) => [Tissue(random)]);
        var fit = MaskCalibration.Fit(images);
        Assert.Equal(MaskRule.None, fit.Cuts);
        Assert.All(
            images.SelectMany(i => i),
            a => Assert.Equal(MaskRule.None, fit.Rules.Judge(a.Brightness, a.Redness, a.Texture))
        );
    }

    [Theory]
    [InlineData(MaskRule.Blank, 235, 5, 8)]
    [InlineData(MaskRule.Red, 150, 120, 25)]
    [InlineData(MaskRule.Dark, 60, 60, 25)]
    [InlineData(MaskRule.Smooth, 150, 60, 3)]
    public void What_stands_apart_is_removed_by_its_rule(
        MaskRule rule,
        double brightness,
        double redness,
        double texture
    )
    {
        var images = Cohort((random, i) => i % 3 == 0 ? [Tissue(random, brightness, redness, texture)] : []);
        var fit = MaskCalibration.Fit(images);
        Assert.Equal(1, fit.ShareWithArea);
        foreach (var image in images)
        {
            Assert.True(fit.Rules.Judge(image[0].Brightness, image[0].Redness, image[0].Texture) == MaskRule.None);
            if (image.Count > 1)
                Assert.True(fit.Rules.Judge(image[1].Brightness, image[1].Redness, image[1].Texture).HasFlag(rule));
        }
    }

    [Fact]
    public void A_cut_that_empties_too_many_images_is_given_up()
    {
        // Half of the images are of a paler stain as a whole: a clear cut, and a wrong one.
        var random = new Random(4);
        List<IReadOnlyList<Area>> images =
        [
            .. Enumerable.Range(0, 40).Select(i => (IReadOnlyList<Area>)[Tissue(random, i % 2 == 0 ? 120 : 200)]),
        ];
        var fit = MaskCalibration.Fit(images);
        Assert.True(fit.Widened > 0);
        Assert.InRange(fit.ShareWithArea, 0.8, 1);
    }

    [Fact]
    public void Nothing_to_fit_to_is_refused()
    {
        Assert.Throws<ArgumentException>(() => MaskCalibration.Fit([]));
        Assert.Throws<ArgumentException>(() =>
            MaskCalibration.Fit(
                [
                    [new Area(0, 1, 1, 1, 1)],
                ],
                new MaskCalibrationOptions { Deviations = 0 }
            )
        );
    }
}
