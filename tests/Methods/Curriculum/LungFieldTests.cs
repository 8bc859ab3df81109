using Coverslip.Files;
using Coverslip.Methods.Curriculum;
using Coverslip.Phantoms;
using Coverslip.Slides.Images;

namespace Coverslip.Methods.Tests.Curriculum;

/// <summary>Lungs found by their darkness, against those that the painter painted.</summary>
public sealed class LungFieldTests
{
    private const int Side = LungField.Side;

    [Fact]
    public void Painted_lungs_are_found()
    {
        var overlaps = Enumerable.Range(1, 24).Select(seed => Overlap(seed, [])).ToArray();
        Assert.All(overlaps, o => Assert.NotNull(o));
        Assert.True(overlaps.Average() > 0.92, $"mean Dice {overlaps.Average():0.000}");
        Assert.True(overlaps.Min() > 0.88, $"least Dice {overlaps.Min():0.000}");
    }

    [Fact]
    public void Above_fluid_and_beside_air_lungs_are_found_all_the_same()
    {
        // What is left of a lung above fluid is still found; the phantom's lung counts the fluid, too.
        var (wet, collapsed) = (Overlap(3, [RadiographLesion.Effusion]), Overlap(3, [RadiographLesion.Pneumothorax]));
        Assert.InRange(wet!.Value, 0.85, 0.98);
        Assert.InRange(collapsed!.Value, 0.9, 0.98);
    }

    [Fact]
    public void What_shows_no_pair_of_lungs_gives_none()
    {
        using var blank = Painted((_, _) => false);
        Assert.Null(LungField.Of(blank));
        using var one = Painted((x, y) => x is > 40 and < 80 && y is > 40 and < 150);
        Assert.Null(LungField.Of(one));
        using var above = Painted((x, y) => x is > 70 and < 130 && y is > 30 and < 80 or > 110 and < 170);
        Assert.Null(LungField.Of(above));
        using var two = Painted((x, y) => y is > 40 and < 150 && x is > 40 and < 80 or > 110 and < 150);
        Assert.NotNull(LungField.Of(two));
        // Dark up to the picture's edge is air around the body.
        using var outside = Painted((x, y) => y > 40 && x is > 40 and < 80 or > 110 and < 150);
        Assert.Null(LungField.Of(outside));
    }

    [Fact]
    public void Places_lie_inside()
    {
        using var picture = RadiographPhantom.Paint(new RadiographPhantomOptions(), 5).Image;
        var lungs = LungField.Of(picture)!;
        var random = new SeededRandom(1);
        for (var i = 0; i < 500; i++)
        {
            var (x, y) = lungs.Place(random);
            Assert.True(lungs.Inside[((int)(y * Side) * Side) + (int)(x * Side)]);
        }
    }

    private static Image Painted(Func<int, int, bool> dark)
    {
        var image = new Image(200, 200, channels: 1);
        for (var i = 0; i < image.WritablePixels.Length; i++)
            image.WritablePixels[i] = dark(i % 200, i / 200) ? (byte)60 : (byte)180;
        return image;
    }

    /// <summary>Dice of what was painted as lung and what is found; null where nothing is.</summary>
    private static double? Overlap(int seed, RadiographLesion[] lesions)
    {
        var options = new RadiographPhantomOptions { Site = seed % 3, Lesions = lesions };
        using var picture = RadiographPhantom.Paint(options, seed).Image;
        if (LungField.Of(picture) is not { } found)
            return null;
        var chest = new ChestLayout(SeededRandom.For(seed, 200));
        bool[] painted =
        [
            .. Enumerable
                .Range(0, Side * Side)
                .Select(i => chest.Air((i % Side + 0.5f) / Side, (i / Side + 0.5f) / Side) > 0.5f),
        ];
        double both = painted.Zip(found.Inside).Count(p => p.First && p.Second);
        return 2 * both / (painted.Count(p => p) + found.Inside.Count(f => f));
    }
}
