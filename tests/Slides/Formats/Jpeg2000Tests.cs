using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Tests;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>An SVS of JPEG 2000 tiles goes to OpenSlide; <c>golden/jpeg2000.py</c> wrote it without loss.</summary>
public sealed class Jpeg2000Tests
{
    private static readonly string Path = System.IO.Path.Combine(
        TestData.Root,
        "tests/Slides/Formats/golden/jpeg2000.svs"
    );

    [Fact]
    public void OpenSlide_reads_it_and_every_pixel_is_the_formulas()
    {
        using var slide = SlideFile.Open(Path);
        Assert.Equal("openslide", slide.Reader.Name);
        Assert.Equal("level 0 has TIFF compression 33005, not JPEG (7)", slide.Reader.Declined[0].Reason);
        Assert.Equal(Mpp.Of(0.497), slide.FinestMpp);
        Assert.Equal(ResolutionSource.Scanner, slide.Resolution.Source);
        using var all = new Image(300, 200);
        Assert.Equal(0, slide.ReadLevel(0, new LevelPoint(0, 0), all));
        for (var y = 0; y < 200; y++)
        {
            for (var x = 0; x < 300; x++)
            {
                byte[] expected = [(byte)(x + y), (byte)(3 * x), (byte)((5 * y) + (x / 7))];
                Assert.True(expected.AsSpan().SequenceEqual(all.Row(y).Slice(3 * x, 3)), $"({x}, {y})");
            }
        }
        using var part = slide.Read(new(new SlidePoint(100, 50), new PixelSize(90, 80), Mpp.Of(0.497)));
        Assert.True(part.Image.Row(7).SequenceEqual(all.Row(57).Slice(300, 270)));
    }

    [Fact]
    public void A_tile_without_its_header_is_an_error_that_names_slide_and_level()
    {
        var bytes = File.ReadAllBytes(Path);
        // The second tile's header; damage further in OpenJPEG decodes to something without a word.
        ReadOnlySpan<byte> startOfCodestream = [0xFF, 0x4F, 0xFF, 0x51];
        var second = 100 + bytes.AsSpan(100).IndexOf(startOfCodestream);
        bytes.AsSpan(second, 60).Fill(0x5A);
        var damaged = System.IO.Path.GetTempFileName() + ".svs";
        try
        {
            File.WriteAllBytes(damaged, bytes);
            using var slide = SlideFile.Open(damaged);
            using var image = new Image(128, 128);
            var error = Assert.Throws<UnreadableSlideException>(() =>
                slide.ReadLevel(0, new LevelPoint(128, 0), image)
            );
            Assert.Contains("level 0", error.Message);
            Assert.Contains(damaged, error.Message);
            // The first tile is sound.
            Assert.Equal(0, slide.ReadLevel(0, new LevelPoint(0, 0), image));
        }
        finally
        {
            File.Delete(damaged);
        }
    }
}
