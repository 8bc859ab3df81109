using Coverslip.Slides.Stain;

namespace Coverslip.Slides.Tests.Stain;

public sealed class StainMatrixTests
{
    private static readonly StainVector Haematoxylin = new(0.6, 0.64, 0.48);
    private static readonly StainVector Eosin = new(0, 0.96, 0.28);

    [Fact]
    public void Angles_are_exact_also_when_they_are_tiny()
    {
        Assert.Equal(90, new StainVector(1, 0, 0).DegreesTo(new StainVector(0, 0, 2)), 12);
        Assert.Equal(45, new StainVector(1, 0, 0).DegreesTo(new StainVector(3, 3, 0)), 12);
        var near = double.DegreesToRadians(1e-7);
        Assert.Equal(1e-7, new StainVector(1, 0, 0).DegreesTo(new StainVector(Math.Cos(near), Math.Sin(near), 0)), 12);
    }

    [Fact]
    public void What_is_no_stain_is_refused()
    {
        Assert.Equal(41.51, new StainMatrix(Haematoxylin, Eosin).DegreesApart, 0.01); // acos(0.6144 + 0.1344)
        Refused("no density of a stain is negative", new StainVector(0.6, -0.8, 0), Eosin);
        Refused("no density of a stain is negative", Haematoxylin, new StainVector(double.NaN, 1, 0));
        Refused("of length 0.5000; its length is 1", Haematoxylin, new StainVector(0.3, 0.4, 0));
        Refused("0.00° apart, less than 2°", Haematoxylin, Haematoxylin);
    }

    [Fact]
    public void A_direction_with_a_negative_density_loses_it()
    {
        var unit = new StainVector(3, -0.5, 4).Unit();
        Assert.Equal(0.6, unit.R, 12);
        Assert.Equal(0, unit.G);
        Assert.Equal(0.8, unit.B, 12);
    }

    private static void Refused(string reason, StainVector haematoxylin, StainVector eosin) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => new StainMatrix(haematoxylin, eosin)).Message);
}
