using Coverslip.Slides.Images;
using Coverslip.Slides.Stain;
using Coverslip.Slides.Tests.Images;

namespace Coverslip.Slides.Tests.Stain;

/// <summary>The vectorised concentrations and colors against the same formulas written plainly.</summary>
public sealed class StainSeparationTests
{
    private static readonly StainMatrix From = new(
        new StainVector(0.62, 0.66, 0.42).Unit(),
        new StainVector(0.14, 0.86, 0.49).Unit()
    );

    private static readonly StainMatrix To = new(
        new StainVector(0.50, 0.80, 0.33).Unit(),
        new StainVector(0.23, 0.97, 0.08).Unit()
    );

    [Fact]
    public void Concentrations_are_the_least_of_the_objective_and_colors_follow_from_them()
    {
        using var image = Pictures.Noise(101, 37); // every color, most of them no mixture of the stains
        var factor = new StainStrength(0.8, 1.3);
        using var found = new StainSeparation(From).Restain(image, To, factor);
        for (var i = 0; i < image.ByteCount; i += 3)
        {
            var density = DensityAt(image, i);
            var (h, e) = Least(density);
            foreach (var (dh, de) in new[] { (1e-3, 0.0), (-1e-3, 0.0), (0.0, 1e-3), (0.0, -1e-3) })
            {
                if (h + dh < 0 || e + de < 0)
                    continue;
                Assert.True(Objective(density, h, e) <= Objective(density, h + dh, e + de) + 1e-12, "not the least");
            }
            var (a, b) = (h * factor.Haematoxylin, e * factor.Eosin);
            Near((a * To.Haematoxylin.R) + (b * To.Eosin.R), found.Pixels[i]);
            Near((a * To.Haematoxylin.G) + (b * To.Eosin.G), found.Pixels[i + 1]);
            Near((a * To.Haematoxylin.B) + (b * To.Eosin.B), found.Pixels[i + 2]);
        }
    }

    [Fact]
    public void Strength_is_the_99th_percentile_of_the_concentrations()
    {
        using var image = Pictures.Noise(301, 203);
        using var histogram = ColorHistogram.Of(image);
        var found = new StainSeparation(From).Strength(image, histogram);
        var all = Enumerable.Range(0, image.ByteCount / 3).Select(i => Least(DensityAt(image, 3 * i))).ToArray();
        double Percentile(IEnumerable<double> values) => values.Order().ElementAt((int)(0.99 * all.Length));
        Assert.Equal(Percentile(all.Select(c => c.H)), found.Haematoxylin, 0.005);
        Assert.Equal(Percentile(all.Select(c => c.E)), found.Eosin, 0.005);
    }

    [Fact]
    public void An_image_without_one_of_the_stains_is_refused()
    {
        using var image = StainImages.Mixture(From.Eosin, From.Eosin);
        using var histogram = ColorHistogram.Of(image);
        Assert.Contains(
            "haematoxylin 0.00",
            Assert.Throws<StainException>(() => new StainSeparation(From).Strength(image, histogram)).Message
        );
    }

    // By trying the four cases of which concentrations are 0.
    private static (double H, double E) Least(StainVector density)
    {
        const double sparsity = 0.01;
        var (h, e) = (From.Haematoxylin, From.Eosin);
        var (bh, be, cosine) = (density.Dot(h) - sparsity, density.Dot(e) - sparsity, h.Dot(e));
        var determinant = 1 - (cosine * cosine);
        (double H, double E)[] cases =
        [
            (0, 0),
            (Math.Max(bh, 0), 0),
            (0, Math.Max(be, 0)),
            (Math.Max((bh - (cosine * be)) / determinant, 0), Math.Max((be - (cosine * bh)) / determinant, 0)),
        ];
        return cases.MinBy(c => Objective(density, c.H, c.E));
    }

    private static double Objective(StainVector density, double h, double e)
    {
        var left = new StainVector(
            density.R - (h * From.Haematoxylin.R) - (e * From.Eosin.R),
            density.G - (h * From.Haematoxylin.G) - (e * From.Eosin.G),
            density.B - (h * From.Haematoxylin.B) - (e * From.Eosin.B)
        );
        return (0.5 * left.Dot(left)) + (0.01 * (h + e));
    }

    private static StainVector DensityAt(Image image, int sample) =>
        new(Density(image.Pixels[sample]), Density(image.Pixels[sample + 1]), Density(image.Pixels[sample + 2]));

    private static double Density(byte value) => Math.Max(-Math.Log(Math.Max(value, (byte)1) / 255.0), 1e-6);

    private static void Near(double density, byte found) =>
        Assert.InRange(found - (255 * Math.Exp(-density)), -0.51, 0.51);
}
