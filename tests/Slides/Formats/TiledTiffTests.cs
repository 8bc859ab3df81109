using System.Buffers.Binary;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>Kinds of TIFF: byte orders, color models, sub-directories, and those that are left to OpenSlide.</summary>
public sealed class TiledTiffTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-tiff-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    public void Either_byte_order_gray_and_color_with_tables_in_every_tile(bool bigEndian, int samples)
    {
        var path = Put("tiny.tif", Tiny(bigEndian, samples, photometric: samples == 1 ? 1 : 6));
        using var ours = TestSlides.Open(path, TestSlides.Ours);
        using var expected = ImageFile.Read(path);
        var (pixels, _) = TestSlides.Read(ours, 0, new LevelPoint(0, 0), new PixelSize(100, 80));
        Assert.True(expected.Pixels.SequenceEqual(pixels), "not libtiff's pixels");
        // OpenSlide 3.4.1 says of such a file that it does not know it.
        if (bigEndian)
            return;
        using var other = TestSlides.Open(path, TestSlides.OpenSlide);
        for (var y = -10; y < 100; y += 23)
        {
            for (var x = -10; x < 140; x += 31)
                TestSlides.AssertEqual(ours, other, 0, new LevelPoint(x, y), new PixelSize(70, 50));
        }
    }

    [Fact]
    public void The_directory_decides_over_the_JFIF_marker()
    {
        var path = Put("rgb.tif", Tiny(bigEndian: false, samples: 3, photometric: 2));
        using var ours = TestSlides.Open(path, TestSlides.Ours);
        using var other = TestSlides.Open(path, TestSlides.OpenSlide);
        TestSlides.AssertEqual(ours, other, 0, new LevelPoint(0, 0), new PixelSize(100, 80));
    }

    [Fact]
    public void Levels_in_sub_directories_are_read()
    {
        var path = TestSlides.Write(folder, 1024, 768, new PyramidOptions { Downsamples = [1, 2] });
        using var chained = TestSlides.Open(path, TestSlides.Ours);
        var file = File.ReadAllBytes(path);
        MoveSecondDirectoryUnderFirst(file);
        using var nested = TestSlides.Open(Put("nested.tif", file), TestSlides.Ours);
        Assert.Equal(chained.Levels, nested.Levels);
        TestSlides.AssertEqual(nested, chained, 1, new LevelPoint(100, 77), new PixelSize(300, 200));
        using var other = TestSlides.Open(nested.Path, TestSlides.OpenSlide);
        Assert.Single(other.Levels);
    }

    [Theory]
    [InlineData(259, 1, "TIFF compression 1")]
    [InlineData(284, 2, "PlanarConfiguration 2")]
    [InlineData(274, 3, "Orientation 3")]
    [InlineData(258, 16, "BitsPerSample 16")]
    public void What_is_not_for_our_path_is_said(int tag, int value, string reason)
    {
        var path = Put("other.tif", Tiny(false, 1, 1, (tag, value)));
        var error = Assert.Throws<UnreadableSlideException>(() => TestSlides.Open(path, TestSlides.Ours).Dispose());
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void OpenSlide_takes_what_is_not_for_our_path_and_both_reasons_are_kept()
    {
        using var slide = SlideFile.Open(TestSlides.Real("boxes.tiff"));
        Assert.Equal("openslide", slide.Reader.Name);
        Assert.Contains("knows it as generic-tiff", slide.Reader.Reason);
        Assert.Equal([("tiled-jpeg-tiff", "level 0 has TIFF compression 8, not JPEG (7)")], slide.Reader.Declined);
        Assert.Equal(4, slide.Levels.Count);
        using var image = new Image(300, 250);
        Assert.Equal(0, slide.ReadLevel(0, new LevelPoint(0, 0), image));
        using var expected = ImageFile.Read(TestSlides.Real("boxes-no-icc.png"));
        Assert.True(expected.Pixels.SequenceEqual(image.Pixels), "not the pixels of the PNG beside it");
    }

    [Fact]
    public async Task Threads_that_share_a_slide_get_what_one_gets()
    {
        var path = TestSlides.Write(folder, 1500, 1500);
        using var shared = SlideFile.Open(path, new SlideOptions { CacheBytes = 1_000_000 });
        using var alone = SlideFile.Open(path, new SlideOptions { CacheBytes = 0 });
        var expected = Places().Select(at => TestSlides.Read(alone, 0, at, new PixelSize(256, 256)).Pixels).ToArray();
        var threads = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(() =>
                    Places().Select(at => TestSlides.Read(shared, 0, at, new PixelSize(256, 256)).Pixels).ToArray()
                )
            );
        foreach (var found in await Task.WhenAll(threads))
            Assert.All(found.Zip(expected), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second)));

        static IEnumerable<LevelPoint> Places() =>
            Enumerable.Range(0, 120).Select(i => new LevelPoint(i * 97 % 1300, i * 53 % 1300));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300_000)]
    [InlineData(1_000_000)]
    public void The_cache_stays_within_its_bytes(int capacity)
    {
        var cache = new TileCache(capacity);
        for (var i = 0; i < 2000; i++)
        {
            var key = (0, (long)(i * i % 23));
            var bytes = 50_000 + (i % 3 * 30_000);
            if (cache.Find(key) is { } found)
                cache.Release(found);
            else if (cache.Admits(key, bytes))
                cache.Release(cache.Add(key, cache.Rent(bytes)));
            Assert.InRange(cache.HeldBytes, 0, capacity);
        }
        Assert.Equal(capacity == 0, cache.HeldBytes == 0);
    }

    /// <summary>100 × 80 pixels in four tiles of 64 × 64, each a JPEG file of its own.</summary>
    private static byte[] Tiny(bool bigEndian, int samples, int photometric, params (int Tag, int Value)[] others)
    {
        var tiff = new TinyTiff(bigEndian);
        tiff.Put(256, 3, 100).Put(257, 3, 80).Put(258, 3, [.. Enumerable.Repeat(8L, samples)]).Put(259, 3, 7);
        tiff.Put(262, 3, photometric).Put(277, 3, samples).Put(284, 3, 1).Put(322, 3, 64).Put(323, 3, 64);
        foreach (var (tag, value) in others)
            tiff.Put(tag, 3, value);
        for (var tile = 0; tile < 4; tile++)
        {
            using var image = new Image(64, 64, samples);
            for (var i = 0; i < image.ByteCount; i++)
                image.WritablePixels[i] = (byte)((i * i / 131) + (tile * 40));
            tiff.Add(ImageFile.Encode(image, ".jpg", new ImageWriteOptions { JpegQuality = 80 }));
        }
        return tiff.ToArray();
    }

    /// <summary>The field PlanarConfiguration, whose value is the default, becomes SubIFDs.</summary>
    private static void MoveSecondDirectoryUnderFirst(byte[] file)
    {
        var at = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(8));
        var count = (int)BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(at));
        var next = file.AsSpan(at + 8 + (20 * count), 8);
        var second = BinaryPrimitives.ReadInt64LittleEndian(next);
        next.Clear();
        for (var i = 0; i < count; i++)
        {
            var field = file.AsSpan(at + 8 + (20 * i), 20);
            if (BinaryPrimitives.ReadUInt16LittleEndian(field) != 284)
                continue;
            BinaryPrimitives.WriteUInt16LittleEndian(field, 330);
            BinaryPrimitives.WriteUInt16LittleEndian(field[2..], 16);
            BinaryPrimitives.WriteInt64LittleEndian(field[12..], second);
        }
    }

    private string Put(string name, byte[] content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
