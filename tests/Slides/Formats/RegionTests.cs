using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>Regions are asked in microns; the levels are the slide's own matter.</summary>
public sealed class RegionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-region-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(0.25, 0, 1)]
    [InlineData(0.5, 1, 1)]
    [InlineData(1.0, 2, 1)]
    [InlineData(2.0, 2, 2)]
    [InlineData(4.0, 2, 4)]
    public void The_level_and_the_reduction_follow_from_the_microns(double mpp, int level, int reduction)
    {
        using var slide = Pyramid(1024, 1024, Mpp.Of(0.25), [1, 2, 4]);
        using var region = slide.Read(new(new SlidePoint(0, 0), new PixelSize(50, 50), Mpp.Of(mpp)));
        Assert.Equal((level, reduction, 0L), (region.Level, region.Reduction, region.Outside));
    }

    [Fact]
    public void A_level_at_the_asked_resolution_gives_its_own_pixels()
    {
        using var slide = Pyramid(1024, 1024, Mpp.Of(0.25), [1, 2]);
        using var region = slide.Read(new(new SlidePoint(100, 60), new PixelSize(300, 200), Mpp.Of(0.5)));
        Assert.False(region.IsResampled);
        var (pixels, _) = TestSlides.Read(slide, 1, new LevelPoint(50, 30), new PixelSize(300, 200));
        Assert.Equal(pixels, region.Image.Pixels.ToArray());
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(1.37)]
    [InlineData(3.9)]
    public void Between_levels_a_pixel_is_the_mean_of_what_it_covers(double step)
    {
        using var slide = Pyramid(1000, 900, Mpp.Of(0.5), [1]);
        var (size, at) = (new PixelSize(90, 70), new SlidePoint(33, 21));
        using var uncut = SlideFile.Open(slide.Path, new SlideOptions { Reader = TestSlides.OpenSlide });
        using var region = uncut.Read(new(at, size, Mpp.Of(0.5 * step)));
        var (pixels, _) = TestSlides.Read(uncut, 0, new LevelPoint(0, 0), new PixelSize(1000, 900));
        for (var y = 0; y < size.Height; y += 7)
        {
            for (var x = 0; x < size.Width; x += 7)
            {
                var expected = Mean(pixels, 1000, (at.X + (x * step), at.Y + (y * step)), step);
                Assert.Equal(expected, region.Image.Pixels[(y * region.Image.Stride) + (x * 3)], tolerance: 1.01);
            }
        }
    }

    [Fact]
    public void Reduced_tiles_agree_with_means()
    {
        using var slide = Pyramid(1024, 768, Mpp.Of(0.5), [1]);
        using var other = SlideFile.Open(slide.Path, new SlideOptions { Reader = TestSlides.OpenSlide });
        foreach (var mpp in (double[])[1, 2, 4])
        {
            var request = new RegionRequest(new SlidePoint(64, 64), new PixelSize(90, 70), Mpp.Of(mpp));
            using var reduced = slide.Read(request);
            using var meant = other.Read(request);
            Assert.True(reduced.Reduction > 1 && meant.Reduction == 1);
            var error = reduced.Image.Pixels.ToArray().Zip(meant.Image.Pixels.ToArray(), (a, b) => Math.Abs(a - b));
            Assert.InRange(error.Average(), 0, 2.5);
        }
    }

    [Fact]
    public void Beyond_the_edge_is_white_and_counted()
    {
        using var slide = Pyramid(300, 300, Mpp.Of(1), [1]);
        using var region = slide.Read(new(new SlidePoint(250, -10), new PixelSize(100, 100), Mpp.Of(1)));
        Assert.Equal((100 * 100) - (50 * 90), region.Outside);
        Assert.Equal(0.55, region.OutsideShare, 1e-9);
        Assert.All(region.Image.Row(5).ToArray(), sample => Assert.Equal(255, sample));
        using var far = slide.Read(new(new SlidePoint(-5000, 9000), new PixelSize(10, 10), Mpp.Of(1.7)));
        Assert.Equal(1, far.OutsideShare);
    }

    [Fact]
    public void Anisotropic_pixels_become_square()
    {
        using var slide = Pyramid(600, 300, new Mpp(0.5, 1), [1]);
        Assert.Equal(ResolutionSource.TiffTag, slide.Resolution.Source);
        Assert.Equal(new Mpp(0.5, 1), slide.Resolution.Mpp);
        using var region = slide.Read(new(new SlidePoint(0, 0), new PixelSize(300, 300), Mpp.Of(1)));
        var (pixels, _) = TestSlides.Read(slide, 0, new LevelPoint(0, 0), new PixelSize(600, 300));
        var mean = (pixels[(10 * 1800) + (3 * 40)] + pixels[(10 * 1800) + (3 * 41)]) / 2.0;
        Assert.Equal(mean, region.Image.Pixels[(10 * 900) + (3 * 20)], tolerance: 1);
        Assert.Equal(0, region.Outside);
    }

    [Fact]
    public void A_missing_resolution_is_an_error_with_the_way_out_and_the_user_can_give_it()
    {
        using var slide = Pyramid(300, 300, null, [1]);
        var request = new RegionRequest(new SlidePoint(0, 0), new PixelSize(10, 10), Mpp.Of(1));
        Assert.Contains("--slide-mpp", Assert.Throws<UnreadableSlideException>(() => slide.Read(request)).Message);
        using var told = SlideFile.Open(slide.Path, new SlideOptions { Mpp = Mpp.Of(0.5) });
        using var region = told.Read(request);
        Assert.Equal(new Resolution(Mpp.Of(0.5), ResolutionSource.User, "--slide-mpp"), told.Resolution);
    }

    [Fact]
    public void Finer_than_the_finest_level_is_an_error_that_says_both()
    {
        using var slide = Pyramid(300, 300, Mpp.Of(0.5), [1]);
        var request = new RegionRequest(new SlidePoint(0, 0), new PixelSize(10, 10), Mpp.Of(0.25));
        var error = Assert.Throws<UnreadableSlideException>(() => slide.Read(request));
        Assert.Contains("0.25 µm/px asked, its finest level has 0.5 µm/px", error.Message);
    }

    [Fact]
    public void A_scanners_resolution_names_its_field()
    {
        using var slide = SlideFile.Open(TestSlides.Real("cmu-1-small-region.svs"));
        Assert.Equal(new Resolution(Mpp.Of(0.499), ResolutionSource.Scanner, "aperio.MPP"), slide.Resolution);
        Assert.Equal(TestSlides.Ours, slide.Reader.Name);
        using var thumbnail = slide.ReadThumbnail(300);
        Assert.Equal((224, 300), (thumbnail.Image.Width, thumbnail.Image.Height));
        Assert.Equal(0, thumbnail.Outside);
    }

    private Slide Pyramid(int width, int height, Mpp? mpp, int[] downsamples)
    {
        var options = new PyramidOptions
        {
            Mpp = mpp,
            Downsamples = downsamples,
            Quality = 95,
        };
        return SlideFile.Open(TestSlides.Write(folder, width, height, options));
    }

    private static double Mean(byte[] pixels, int width, (double X, double Y) at, double step)
    {
        var (sum, area) = (0.0, 0.0);
        for (var y = (int)at.Y; y < at.Y + step; y++)
        {
            for (var x = (int)at.X; x < at.X + step; x++)
            {
                var share =
                    (Math.Min(x + 1, at.X + step) - Math.Max(x, at.X))
                    * (Math.Min(y + 1, at.Y + step) - Math.Max(y, at.Y));
                (sum, area) = (sum + (share * pixels[((y * width) + x) * 3]), area + share);
            }
        }
        return sum / area;
    }
}
