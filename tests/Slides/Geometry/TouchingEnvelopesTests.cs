using Coverslip.Slides.Geometry;
using NetTopologySuite.Geometries;
using NetTopologySuite.Operation.OverlayNG;

namespace Coverslip.Slides.Tests.Geometry;

/// <summary>Joining only what may touch gives what joining all at once gives.</summary>
public sealed class TouchingEnvelopesTests
{
    [Theory]
    [InlineData(300)] // hardly any two touch
    [InlineData(60)] // clusters, rings within rings
    [InlineData(15)] // nearly all in one
    public void Joined_by_groups_is_joined_at_once(int side)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var shapes = Enumerable
                .Range(0, 30)
                .Select(i =>
                {
                    // Whole places, so that boxes share edges and corners, too.
                    var at = new Vertex(random.Next(side), random.Next(side));
                    return ValidPolygons.Of(
                        i % 2 == 0
                            ? Rings.Box(at.X, at.Y, random.Next(1, 9), random.Next(1, 9))
                            : Rings.Star(random, at, 1, 8)
                    );
                })
                .ToList();
            var expected = OverlayNGRobust.Union(shapes, new GeometryFactory());
            var found = ValidPolygons.Union(shapes);
            Assert.True(found.IsValid);
            Assert.Equal(expected.NumGeometries, found.NumGeometries);
            Assert.Equal(expected.Area, found.Area, expected.Area * 1e-12);
            Assert.Equal(
                0,
                OverlayNGRobust
                    .Overlay(expected, found, NetTopologySuite.Operation.Overlay.SpatialFunction.SymDifference)
                    .Area,
                1e-9
            );
        }
    }

    [Fact]
    public void Groups_come_in_the_order_of_their_first_shapes()
    {
        double[] lefts = [0, 100, 5, 200, 104, 9];
        var boxes = lefts.Select(x => ValidPolygons.Of(Rings.Box(x, 0, 5, 5))).ToList();
        var groups = TouchingEnvelopes.Groups(boxes).Select(g => g.Select(s => boxes.IndexOf(s)).ToArray());
        Assert.Equal(
            [
                [0, 2, 5],
                [1, 4],
                [3],
            ],
            groups
        );
    }
}
