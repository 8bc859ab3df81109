using Coverslip.Slides.Geometry;
using NetTopologySuite.Geometries;

namespace Coverslip.Slides.Tests.Geometry;

/// <summary>What is said at once agrees with NetTopologySuite's general test.</summary>
public sealed class SimpleRingTests
{
    [Fact]
    public void Stars_are_surely_simple()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
            Assert.True(SimpleRing.Surely(Rings.Star(random, new Vertex(5e4, 7e4), 3, 50).Points));
    }

    [Theory]
    [InlineData(new double[] { 0, 0, 10, 0, 10, 10, 0, 10, 0, 0 }, true)] // closed by hand
    [InlineData(new double[] { 0, 0, 5, 0, 10, 0, 10, 10 }, true)] // a corner on a straight line
    [InlineData(new double[] { 0, 0, 10, 10, 10, 0, 0, 10 }, false)] // an eight
    [InlineData(new double[] { 0, 0, 10, 0, 5, 0, 5, 10 }, false)] // back over itself
    [InlineData(new double[] { 0, 0, 10, 0, 10, 10, 5, 0, 0, 10 }, false)] // touches its own line
    [InlineData(new double[] { 0, 0, 10, 0, 20, 0 }, false)] // no area
    [InlineData(new double[] { 0, 0, 10, 0 }, false)]
    [InlineData(new double[] { }, false)]
    public void What_is_plain_is_said(double[] points, bool simple) =>
        Assert.Equal(simple, SimpleRing.Surely(Rings.Of(points).Points));

    [Fact]
    public void What_is_surely_simple_is_valid()
    {
        var (random, factory) = (new Random(2), new GeometryFactory());
        var (said, valid) = (0, 0);
        for (var i = 0; i < 3000; i++)
        {
            // Few places, so that corners meet and lines run over each other.
            var places = random.Next(3, 12);
            Vertex[] points =
            [
                .. Enumerable
                    .Range(0, random.Next(3, 9))
                    .Select(_ => new Vertex(random.Next(places), random.Next(places))),
            ];
            Coordinate[] corners = [.. points.Append(points[0]).Select(p => new Coordinate(p.X, p.Y))];
            var isValid = factory.CreatePolygon(corners).IsValid;
            var surely = SimpleRing.Surely(points);
            Assert.False(surely && !isValid, string.Join(' ', points));
            (said, valid) = (said + (surely ? 1 : 0), valid + (isValid ? 1 : 0));
        }
        Assert.InRange(said, valid * 0.8, valid);
        Assert.True(valid > 300);
    }
}
