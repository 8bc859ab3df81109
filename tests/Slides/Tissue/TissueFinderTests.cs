using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Slides.Tests.Formats;
using Coverslip.Slides.Tissue;

namespace Coverslip.Slides.Tests.Tissue;

/// <summary>Tissue that was painted is found, at its place and of its size; on a blank slide the reason is
/// said.</summary>
public sealed class TissueFinderTests : IDisposable
{
    // 0.25 µm per pixel; a mask at 8 µm has a pixel to 32 of the slide.
    private static readonly MaskGrid Grid = new(new(new(0, 0), 3200, 3200), new(32, 32), Mpp.Of(0.25));
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-tissue-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_painted_rectangle_is_found_on_its_place_with_its_hole_filled()
    {
        using var slide = Painted((x, y) => x is >= 640 and < 1920 && y is >= 320 and < 1600 && !IsHole(x, y));
        using var map = TissueFinder.Find(slide, new TissueOptions { Mpp = 2 });
        Assert.Null(map.Reason);
        // 1280 × 1280 pixels of 0.25 µm.
        // A pixel of the mask around it, into which JPEG carries its color, is weakly stained tissue.
        Assert.Equal(0.1024, map.Area, 0.003);
        var polygon = Assert.Single(map.Region.Polygons);
        Assert.Empty(polygon.Holes);
        Assert.InRange(map.Region.AreaIn(new Rectangle(640, 320, 1280, 1280)) / (1280 * 1280), 0.99, 1);

        using var open = TissueFinder.Find(slide, new TissueOptions { Mpp = 2, FillHoles = 0 });
        Assert.Equal(0.1024 - 0.0064, open.Area, 0.004);
        Assert.Single(Assert.Single(open.Region.Polygons).Holes);

        static bool IsHole(int x, int y) => x is >= 960 and < 1280 && y is >= 640 and < 960;
    }

    [Fact]
    public void The_mask_and_its_polygons_are_the_same()
    {
        using var slide = Painted((x, y) => ((x / 200) + (y / 150)) % 2 == 0);
        using var map = TissueFinder.Find(
            slide,
            new TissueOptions
            {
                Mpp = 3,
                MinArea = 0,
                FillHoles = 0,
            }
        );
        var size = new PixelSize(map.Mask.Width, map.Mask.Height);
        using var filled = PolygonRaster.Fill(map.Region.Polygons.Select(map.Grid.ToMask), size);
        Assert.True(filled.Pixels.SequenceEqual(map.Mask.Pixels), "the polygons are not the mask");
        Assert.InRange(map.Share, 0.4, 0.6);
    }

    [Theory]
    [InlineData(TissueChannel.Saturation)]
    [InlineData(TissueChannel.Darkness)]
    [InlineData(TissueChannel.Green)]
    public void A_blank_slide_says_so(TissueChannel channel)
    {
        using var slide = Painted((_, _) => false);
        using var map = TissueFinder.Find(slide, new TissueOptions { Channel = channel });
        Assert.True(map.Region.IsEmpty);
        Assert.Equal(0, map.Area);
        Assert.StartsWith("blank: the two sides of Otsu's threshold", map.Reason);
        Assert.Contains(TissueFinder.Word(channel), map.Reason);
        Assert.Equal(0, map.Mask.Pixels.IndexOfAnyExcept((byte)0) + 1);
    }

    [Fact]
    public void Why_nothing_is_left_is_said()
    {
        using var small = Find(Squares((10, 10, 20)), new TissueOptions { MinArea = 0.1 });
        Assert.Equal("all 1 pieces are smaller than 0.1 mm²; the largest has 0.0256", small.Reason);
        using var none = Find(Squares((10, 10, 20)), new TissueOptions { Threshold = 250 });
        Assert.Equal("no pixel of saturation is above 250", none.Reason);
        Assert.True(none.Region.IsEmpty);
    }

    [Fact]
    public void Small_pieces_go_and_a_bay_at_the_border_is_no_hole()
    {
        // 50 × 50 pixels of 8 µm: 0.16 mm²; 20 × 20: 0.0256 mm².
        using var map = Find(Squares((0, 0, 50), (70, 70, 20)), new TissueOptions { FillHoles = 100, MinArea = 0.05 });
        Assert.Equal(0.16, map.Area, 1e-9);
        Assert.Equal(Geometry.Rings.Box(0, 0, 1600, 1600), Assert.Single(map.Region.Polygons).Outer.Clockwise());
    }

    [Theory]
    [InlineData(TissueChannel.Saturation)]
    [InlineData(TissueChannel.Darkness)]
    [InlineData(TissueChannel.Green)]
    public void Weakly_stained_tissue_beside_strongly_stained_is_tissue(TissueChannel channel)
    {
        // Left half as above, right half a third of the color; both noisy, as the glass.
        var options = new TissueOptions { Channel = channel };
        using var map = Find(Stained(1, 1 / 3f), options);
        Assert.Equal(2 * 0.16, map.Area, 1e-9);
        using var strong = Find(Stained(1, 1 / 3f), options with { StrongOnly = true });
        Assert.Equal(0.16, strong.Area, 1e-9);
        // Of one stain only, glass is not cut in two to find a second.
        using var one = Find(Stained(1, 1), options);
        using var again = Find(Stained(1, 1), options with { StrongOnly = true });
        Assert.Equal(again.Threshold, one.Threshold);
        Assert.Equal(2 * 0.16, one.Area, 1e-9);
    }

    [Fact]
    public void Options_out_of_their_range_are_refused()
    {
        using var slide = Painted((_, _) => false);
        Assert.Throws<ArgumentException>(() => TissueFinder.Find(slide, new TissueOptions { Mpp = 0.1 }));
        Assert.Throws<ArgumentException>(() => TissueFinder.Find(slide, new TissueOptions { Threshold = 255 }));
        Assert.Throws<ArgumentException>(() => TissueFinder.Find(slide, new TissueOptions { MinArea = double.NaN }));
        var path = TestSlides.Write(folder, 600, 600);
        using var unknown = SlideFile.Open(path);
        var error = Assert.Throws<UnreadableSlideException>(() => TissueFinder.Find(unknown, new TissueOptions()));
        Assert.Contains("no resolution is known", error.Message);
    }

    private static TissueMap Find(Image picture, TissueOptions options) => TissueFinder.Find(picture, Grid, options);

    /// <summary>100 × 100 white pixels with pink squares: left, top, side.</summary>
    private static Image Squares(params (int X, int Y, int Side)[] squares)
    {
        var image = new Image(100, 100);
        image.WritablePixels.Fill(245);
        foreach (var (left, top, side) in squares)
        {
            for (var i = 0; i < side * side; i++)
            {
                var at = 3 * ((((i / side) + top) * 100) + (i % side) + left);
                ((ReadOnlySpan<byte>)[200, 100, 160]).CopyTo(image.WritablePixels[at..]);
            }
        }
        return image;
    }

    /// <summary>Glass with two squares of 50 pixels, stained so strongly.</summary>
    private static Image Stained(float left, float right)
    {
        var image = new Image(120, 80);
        var pixels = image.WritablePixels;
        for (var i = 0; i < 120 * 80; i++)
        {
            var (x, y) = (i % 120, i / 120);
            var noise = ((x * 7) ^ (y * 13)) % 5;
            var stain =
                y is < 10 or >= 60 ? 0
                : x is >= 5 and < 55 ? left
                : x is >= 65 and < 115 ? right
                : 0;
            foreach (var (c, absorbed) in ((ReadOnlySpan<int>)[45, 145, 85]).ToArray().Index())
                pixels[(3 * i) + c] = (byte)(240 + (c == 1 ? 0 : noise) - (stain * absorbed));
        }
        return image;
    }

    /// <summary>2560 × 1920 pixels of 0.25 µm: pink where tissue is, glass with some noise elsewhere.</summary>
    private Slide Painted(Func<int, int, bool> isTissue)
    {
        var path = Path.Combine(folder, $"{Guid.NewGuid():N}.tif");
        PyramidWriter.Write(
            path,
            2560,
            1920,
            new PyramidOptions { Mpp = Mpp.Of(0.25) },
            (left, top, tile) =>
            {
                var pixels = tile.WritablePixels;
                for (var i = 0; i < tile.Width * tile.Height; i++)
                {
                    var (x, y) = (left + (i % tile.Width), top + (i / tile.Width));
                    var noise = (byte)(((x * 73856093) ^ (y * 19349663)) >> 4 & 3);
                    ReadOnlySpan<byte> color = isTissue(x, y)
                        ? [(byte)(190 + noise), (byte)(90 + noise), (byte)(150 + noise)]
                        : [(byte)(240 + noise), (byte)(241 + noise), (byte)(242 + noise)];
                    color.CopyTo(pixels[(3 * i)..]);
                }
            }
        );
        return SlideFile.Open(path);
    }
}

file static class RingOrder
{
    /// <summary>From the top left corner on, clockwise: valid geometry may begin and turn as it likes.</summary>
    public static Ring Clockwise(this Ring ring)
    {
        var points = ring.SignedArea > 0 ? [.. ring.Points] : ring.Points.Reverse().ToList();
        var first = points.IndexOf(points.MinBy(p => (p.Y, p.X)));
        return new Ring([.. points.Skip(first).Concat(points.Take(first))]);
    }
}
