using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Tests.Formats;
using Coverslip.Slides.Tissue;

namespace Coverslip.Slides.Tests.Tissue;

/// <summary>Which rectangles of a slide have tissue, from a mask and from outlines.</summary>
public sealed class SlideTissueTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-tissue-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Rectangles_that_touch_tissue_have_some()
    {
        // Violet from column 1024 on; glass with noise of a few gray levels before.
        var path = Path.Combine(folder, "half.tif");
        PyramidWriter.Write(
            path,
            2048,
            1024,
            new PyramidOptions { Mpp = Mpp.Of(0.5) },
            (left, top, tile) =>
            {
                for (var i = 0; i < tile.Width * tile.Height; i++)
                {
                    var noise = (byte)((i * 7919 >> 3) & 3);
                    ReadOnlySpan<byte> pixel =
                        left >= 1024 ? [150, 90, (byte)(160 + noise)] : [(byte)(238 + noise), 240, 240];
                    pixel.CopyTo(tile.WritablePixels[(3 * i)..]);
                }
            }
        );
        using var slide = SlideFile.Open(path);
        using var map = TissueFinder.Find(slide, new TissueOptions());
        foreach (
            var tissue in new[] { SlideTissue.Of(slide, new TissueOptions()), SlideTissue.Of(map.Region, "outlines") }
        )
        {
            Assert.Null(tissue.Reason);
            Assert.False(tissue.Any(Part(0, 0, 1000, 1024)));
            Assert.True(tissue.Any(Part(1040, 500, 1, 1)));
            Assert.True(tissue.Any(Part(900, 900, 200, 10)));
            Assert.False(tissue.Any(Part(2048, 0, 128, 128)));
            Assert.False(tissue.Any(Part(1100, -300, 128, 128)));
        }
        var other = SlideTissue.Of(slide, new TissueOptions { MinArea = 0.5 });
        Assert.NotEqual(SlideTissue.Of(slide, new TissueOptions()).Rule, other.Rule);
    }

    [Fact]
    public void Without_tissue_there_is_a_reason()
    {
        var path = TestSlides.Write(folder, 600, 600);
        using var slide = SlideFile.Open(path, new SlideOptions { Mpp = Mpp.Of(1) });
        var tissue = SlideTissue.Of(slide, new TissueOptions { MinArea = 5 });
        Assert.Contains("smaller than 5 mm²", tissue.Reason);
        Assert.False(tissue.Any(Part(0, 0, 600, 600)));
        Assert.Equal("blank", SlideTissue.Of(PolygonRegion.Of([]), "outlines", "blank").Reason);
        Assert.NotNull(SlideTissue.Of(PolygonRegion.Of([]), "outlines").Reason);
    }

    private static SlideRectangle Part(long x, long y, long width, long height) => new(new(x, y), width, height);
}
