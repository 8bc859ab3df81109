using System.Text.Json;
using Coverslip.Slides.Geometry;
using Coverslip.Tests;

namespace Coverslip.Slides.Tests.Geometry;

/// <summary>Areas are exact: against rational arithmetic, against clipping, and by what areas add up to.</summary>
public sealed class PolygonRegionTests
{
    [Fact]
    public void Areas_equal_those_of_rational_arithmetic_and_of_winding_numbers()
    {
        var path = Path.Combine(TestData.Root, "tests", "Slides", "Geometry", "golden", "areas.json");
        using var golden = JsonDocument.Parse(File.ReadAllBytes(path));
        var (cases, covered) = (0, 0);
        foreach (var each in golden.RootElement.EnumerateArray())
        {
            var rings = each.GetProperty("polygon").EnumerateArray().Select(ToRing).ToList();
            var box = each.GetProperty("box").EnumerateArray().Select(v => v.GetDouble()).ToList();
            var rectangle = new Rectangle(box[0], box[1], box[2] - box[0], box[3] - box[1]);
            var expected = each.GetProperty("area").GetDouble();
            var found = PolygonRegion.Of([new RingPolygon(rings[0], rings[1..])]).AreaIn(rectangle);
            var allowed = each.GetProperty("exact").GetBoolean() ? 1e-11 : 2e-3;
            Assert.Equal(expected / rectangle.Area, found / rectangle.Area, allowed);
            (cases, covered) = (cases + 1, covered + (expected > 0 ? 1 : 0));
        }
        Assert.Equal(70, cases);
        Assert.InRange(covered, 50, 70);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Cells_of_a_grid_add_up_to_the_area_and_each_equals_the_clipped_polygon(int seed)
    {
        var random = new Random(seed);
        var region = PolygonRegion.Of(
            Enumerable
                .Range(0, 12)
                .Select(_ =>
                {
                    var at = new Vertex(random.NextDouble() * 1000, random.NextDouble() * 1000);
                    return new RingPolygon(Rings.Star(random, at, 100, 300), [Rings.Star(random, at, 5, 40)]);
                })
        );
        var sum = 0.0;
        const double cell = 141.7;
        for (var y = -400.0; y < 1400; y += cell)
        {
            for (var x = -400.0; x < 1400; x += cell)
            {
                var box = new Rectangle(x, y, cell, cell);
                var found = region.AreaIn(box);
                var clipped = region
                    .Shape.Intersection(PolygonRegion.Of([new(Rings.Box(x, y, cell, cell))]).Shape)
                    .Area;
                Assert.Equal(clipped, found, 1e-7);
                Assert.Equal(found / box.Area, region.ShareOf(box), 1e-12);
                sum += found;
            }
        }
        Assert.Equal(region.Shape.Area, region.Area, 1e-9 * region.Area);
        Assert.Equal(region.Area, sum, 1e-9 * region.Area);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void A_union_is_the_sum_without_what_both_cover(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 20; i++)
        {
            RingPolygon a = new(Rings.Star(random, new(0, 0), 10, 50)),
                b = new(Rings.Star(random, new(30, 10), 10, 50));
            var (first, second) = (PolygonRegion.Of([a]), PolygonRegion.Of([b]));
            var both = PolygonRegion.Of(first.Shape.Intersection(second.Shape));
            var box = new Rectangle(random.Next(-50, 30), random.Next(-50, 30), random.Next(5, 60), random.Next(5, 60));
            var expected = first.AreaIn(box) + second.AreaIn(box) - both.AreaIn(box);
            Assert.Equal(expected, PolygonRegion.Of([a, b]).AreaIn(box), 1e-9 * box.Area);
        }
    }

    [Fact]
    public void Far_from_the_corner_no_digits_are_lost()
    {
        var region = PolygonRegion.Of([
            new(Rings.Of(1_000_000.25, 900_000.5, 1_000_003.25, 900_000.5, 1_000_000.25, 900_004.5)),
        ]);
        Assert.Equal(6, region.Area, 1e-9);
        Assert.Equal(0.25, region.AreaIn(new Rectangle(1_000_000, 900_000, 0.5, 1.5)), 1e-9);
    }

    [Theory]
    [InlineData(8, "0 0 4 4 4 0 0 4 0 0")] // an eight: two triangles
    [InlineData(0, "0 0 5 5")] // two points
    [InlineData(0, "0 0 5 5 9 9 2 2")] // there and back
    [InlineData(0, "3 3 3 3 3 3")] // one point, three times
    [InlineData(16, "0 0 0 0 4 0 4 4 0 4 0 4")] // repeated points
    [InlineData(16, "0 0 4 0 4 9 4 4 0 4")] // a spike without area
    public void What_a_ring_runs_around_counts(double area, string points) =>
        Assert.Equal(area, PolygonRegion.Of([new(Rings.Of([.. points.Split(' ').Select(double.Parse)]))]).Area, 1e-12);

    [Fact]
    public void A_ring_that_runs_around_twice_counts_once_and_its_holes_go_their_own_way()
    {
        var twice = Rings.Of([0, 0, 10, 0, 10, 10, 0, 10, 0, 0, 10, 0, 10, 10, 0, 10]);
        Assert.Equal(100, PolygonRegion.Of([new(twice)]).Area, 1e-9);
        // Holes that overlap, and one that reaches over the border.
        var holed = new RingPolygon(
            Rings.Box(0, 0, 10, 10),
            [Rings.Box(1, 1, 3, 3), Rings.Box(2, 2, 3, 3), Rings.Box(8, 8, 5, 5)]
        );
        Assert.Equal(100 - 14 - 4, PolygonRegion.Of([holed]).Area, 1e-9);
    }

    private static Ring ToRing(JsonElement ring) =>
        new([.. ring.EnumerateArray().Select(p => new Vertex(p[0].GetDouble(), p[1].GetDouble()))]);
}
