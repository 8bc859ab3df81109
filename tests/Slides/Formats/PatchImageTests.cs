using Coverslip.Files;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>Patches of slides in place of image files.</summary>
public sealed class PatchImageTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-patch-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_patch_is_the_region_of_its_slide()
    {
        var file = TestSlides.Write(folder, 900, 700, new PyramidOptions { Mpp = Mpp.Of(0.5) });
        using var slide = SlideFile.Open(file);
        using var expected = slide.Read(new RegionRequest(new SlidePoint(300, 128), new PixelSize(64, 64), Mpp.Of(1)));
        using var images = new PatchImage();
        foreach (var place in (string[])[$"{file}#300,128,64,1.0", $"{file}#300,128,64,1.0,0.5"])
        {
            using var patch = images.Read(place, ImageReadOptions.AsStored);
            Assert.True(expected.Image.Pixels.SequenceEqual(patch.Pixels));
        }
        using var gray = images.Read($"{file}#300,128,64,1.0", ImageReadOptions.Mask);
        Assert.Equal((64, 64, 1), (gray.Width, gray.Height, gray.Channels));
        using var finer = PatchImage.ReadOne($"{file}#300,128,64,1.0,1.0"); // the slide vouched for as coarser
        Assert.False(expected.Image.Pixels.SequenceEqual(finer.Pixels));
    }

    [Fact]
    public void A_patch_beyond_the_slide_and_a_file_that_is_not_there_are_errors()
    {
        var file = TestSlides.Write(folder, 300, 200, new PyramidOptions { Mpp = Mpp.Of(0.5) });
        string Refused(string path) => Assert.Throws<UnreadableSlideException>(() => PatchImage.ReadOne(path)).Message;
        Assert.Contains("lies beyond its end", Refused($"{file}#400,0,64,0.5"));
        Assert.Contains("ask for that or more", Refused($"{file}#0,0,64,0.25"));
        Assert.Contains("no such file", Refused($"{folder}/none.tif#0,0,64,0.5"));
        Assert.Throws<UnreadableImageException>(() => PatchImage.ReadOne($"{folder}/none.png"));
    }

    [Fact]
    public void A_place_is_read_as_it_is_written()
    {
        foreach (
            var place in (SlidePlace[])
                [new("a, b/c#d.svs", 10_240, 0, 256, 0.2431), new("a.tif", -5, 7, 512, 1) { SlideMpp = 0.25 }]
        )
            Assert.Equal(place, SlidePlace.Of($"{place}"));
        Assert.Equal("a.tif#1,2,256,2.0", $"{new SlidePlace("a.tif", 1, 2, 256, 2)}");
        Assert.Equal("a.tif", SlidePlace.FileOf("a.tif#1,2,256,2.0"));
        foreach (
            var file in (string[])["a#1.png", "a.tif#1,2,256", "a.tif#1,2,0,1.0", "a.tif#1,2,64,0", "a#1,2,64,0.5.png"]
        )
            Assert.Null(SlidePlace.Of(file));
    }
}
