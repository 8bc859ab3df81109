using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Slides.Patches;
using Coverslip.Slides.Tissue;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>
/// Where only a part of the slide was scanned, places are still counted from the corner of level 0, by everyone.
/// </summary>
public sealed class BoundedSlideTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-bounds-").FullName;
    private readonly Slide slide;

    public BoundedSlideTests() =>
        slide = SlideFile.Open(LeicaSlide.Write(Path.Combine(folder, "a.scn"), LeicaSlide.PaintSquare));

    public void Dispose()
    {
        slide.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void OpenSlides_bounds_are_the_scanned_part()
    {
        Assert.Equal("openslide", slide.Reader.Name);
        Assert.Contains("Leica SCN", slide.Reader.Declined[0].Reason);
        Assert.Equal((3000L, 2400L), (slide.Levels[0].Width, slide.Levels[0].Height));
        Assert.Equal(LeicaSlide.Scanned, slide.Bounds);
        Assert.Equal("700", slide.Properties["openslide.bounds-x"]);
        Assert.Equal(LeicaSlide.Mpp, slide.FinestMpp);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_region_counts_from_level_0_and_what_was_not_scanned_is_outside(int downsample)
    {
        // 64 pixels from before the square's corner on; the left half is glass.
        var square = LeicaSlide.Square.At;
        var at = new SlidePoint(square.X - (32 * downsample), square.Y);
        using var region = slide.Read(new(at, new PixelSize(64, 64), Mpp.Of(0.5 * downsample)));
        Assert.Equal((downsample == 1 ? 0 : 1, 0L), (region.Level, region.Outside));
        Assert.InRange(Green(region.Image, 20, 32), 240, 250);
        Assert.InRange(Green(region.Image, 44, 32), 85, 95);

        // A corner of the scan: a quarter of the region was scanned.
        var corner = new SlidePoint(700 - (32 * downsample), 420 - (32 * downsample));
        using var edge = slide.Read(new(corner, new PixelSize(64, 64), Mpp.Of(0.5 * downsample)));
        Assert.Equal(0.75, edge.OutsideShare, 0.02);
        Assert.Equal(255, Green(edge.Image, 10, 10));
        Assert.InRange(Green(edge.Image, 50, 50), 240, 246);
    }

    [Fact]
    public void The_thumbnail_shows_the_scanned_part()
    {
        using var thumbnail = slide.ReadThumbnail(512);
        Assert.Equal((512, 384), (thumbnail.Image.Width, thumbnail.Image.Height));
        Assert.InRange(Green(thumbnail.Image, 140, 110), 85, 95);
        Assert.InRange(Green(thumbnail.Image, 110, 80), 240, 246);
    }

    [Fact]
    public void Tissue_and_patches_lie_where_the_square_is()
    {
        using var map = TissueFinder.Find(slide, new TissueOptions());
        var (at, side, _) = LeicaSlide.Square;
        var square = new Rectangle(at.X, at.Y, side, side);
        Assert.Equal(1, map.Region.ShareOf(square), 0.01);
        Assert.Equal(square.Area, map.Region.Area, 0.06 * square.Area);
        Assert.Equal(map.Region.Area / (2048 * 1536), map.Share, 1e-9);
        Assert.True(SlideTissue.Of(slide, new TissueOptions()).Any(LeicaSlide.Square));
        Assert.False(SlideTissue.Of(slide, new TissueOptions()).Any(new(new(0, 0), 1150, 750)));

        var options = new PatchOptions { Side = 128, MinTissue = 0.95 };
        var found = PatchSampler.Sample(slide, new PatchAreas { Tissue = map.Region }, options);
        Assert.Equal(16 * 12, found.Counts.Candidates);
        // The grid begins at the scan's corner, where 512 and 384 are multiples of 128.
        var places = Enumerable.Range(0, 25).Select(i => new SlidePoint(at.X + (i % 5 * 128), at.Y + (i / 5 * 128)));
        Assert.Equal(places, found.Patches.Select(p => p.At));
        Assert.All(found.Patches, p => Assert.Equal(0, p.Outside));

        var random = PatchSampler.Sample(slide, new PatchAreas(), new PatchOptions { Random = 200, MinTissue = 0 });
        Assert.All(
            random.Patches,
            p =>
            {
                Assert.InRange(p.At.X, 700, 700 + 2048 - 256);
                Assert.InRange(p.At.Y, 420, 420 + 1536 - 256);
            }
        );
    }

    [Fact]
    public void Annotations_drawn_on_the_scanned_part_alone_are_moved_by_its_corner()
    {
        var ring = new Ring([new(512, 384), new(1152, 384), new(1152, 1024), new(512, 1024)]);
        var drawn = new AnnotationSet
        {
            Format = AnnotationFormat.GeoJson,
            Annotations = [new Annotation { Class = "Tumor", Polygons = [new RingPolygon(ring)] }],
        };
        var tumor = drawn.Moved(slide.Bounds.At.X, slide.Bounds.At.Y).Region("Tumor");
        var (at, side, _) = LeicaSlide.Square;
        Assert.Equal(1, tumor.ShareOf(new Rectangle(at.X, at.Y, side, side)), 1e-12);
        Assert.Equal((double)side * side, tumor.Area, 1e-6);
    }

    private static int Green(Image image, int x, int y) => image.Pixels[(((y * image.Width) + x) * 3) + 1];
}
