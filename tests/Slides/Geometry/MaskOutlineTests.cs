using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Geometry;

/// <summary>A mask's outlines hold the mask, no more and no less.</summary>
public sealed class MaskOutlineTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.3)]
    [InlineData(3, 0.7)]
    [InlineData(4, 0.95)]
    [InlineData(5, 0.05)]
    public void Filling_the_outlines_gives_the_mask_back(int seed, double density)
    {
        var random = new Random(seed);
        for (var i = 0; i < 40; i++)
        {
            var (width, height) = (random.Next(1, 30), random.Next(1, 30));
            var samples = new byte[width * height];
            for (var at = 0; at < samples.Length; at++)
                samples[at] = random.NextDouble() < density ? (byte)255 : (byte)0;
            using var mask = Image.From(samples, width, height, channels: 1);
            var polygons = MaskOutline.Trace(mask);

            using var filled = PolygonRaster.Fill(polygons, new PixelSize(width, height));
            Assert.Equal(samples, filled.Pixels.ToArray());
            Assert.Equal(Components.Find(mask, diagonal: false).Count, polygons.Count);
            Assert.All(polygons, p => Assert.True(ValidPolygons.Of(p.Outer).Area >= 1));
            Assert.All(
                polygons.SelectMany(p => p.Holes.Prepend(p.Outer)),
                ring => Assert.True(ValidPolygons.IsSimple(ring))
            );
            // United and made valid, they still hold as many pixels; and filled from there, the same ones.
            var region = PolygonRegion.Of(polygons);
            Assert.Equal(samples.Count(s => s != 0), region.Area, 1e-9);
            using var again = PolygonRaster.Fill(region.Polygons, new PixelSize(width, height));
            Assert.Equal(samples, again.Pixels.ToArray());
        }
    }

    [Fact]
    public void Outlines_run_along_the_edges_of_pixels_clockwise()
    {
        using var mask = Image.From([0, 0, 0, 0, 0, 9, 9, 0, 0, 9, 9, 0], 4, 3, channels: 1);
        var polygon = Assert.Single(MaskOutline.Trace(mask));
        Assert.Equal(Rings.Box(1, 1, 2, 2), polygon.Outer);
        Assert.Empty(polygon.Holes);
    }

    [Fact]
    public void Pixels_that_touch_at_a_corner_are_two_pieces_and_holes_that_do_are_two_holes()
    {
        using var corner = Image.From([1, 0, 0, 1], 2, 2, channels: 1);
        Assert.Equal([Rings.Box(0, 0, 1, 1), Rings.Box(1, 1, 1, 1)], MaskOutline.Trace(corner).Select(p => p.Outer));

        using var holes = Image.From([1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1], 4, 4, channels: 1);
        var polygon = Assert.Single(MaskOutline.Trace(holes));
        Assert.Equal(2, polygon.Holes.Count);
        Assert.All(polygon.Holes, hole => Assert.Equal(-1, hole.SignedArea));
    }

    [Fact]
    public void An_empty_mask_has_no_outlines_and_other_images_are_refused()
    {
        using var empty = Image.From(new byte[12], 4, 3, channels: 1);
        Assert.Empty(MaskOutline.Trace(empty));
        using var color = Image.From(new byte[12], 2, 2);
        Assert.Throws<ArgumentException>(() => MaskOutline.Trace(color));
    }
}
