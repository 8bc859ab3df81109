using System.Buffers.Binary;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Formats.Tiff;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>Files that are no whole slide: the error names the file and the place, and no pixels come.</summary>
public sealed class DamagedSlideTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-damaged-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_missing_file_a_folder_and_an_empty_file_are_named()
    {
        AssertRefused(Path.Combine(folder, "nowhere.svs"), "there is no such file");
        AssertRefused(folder, "this is a folder");
        AssertRefused(Put("empty.svs", []), "the file is empty");
        AssertRefused(Put("text.svs", "a slide, not"u8.ToArray()), "not a TIFF file", "OpenSlide does not know");
        AssertRefused(Put("short.tif", "II*\0\b"u8.ToArray()), "truncated within its TIFF header");
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var whole = Slide();
        for (var length = 1; length < whole.Length; length += whole.Length / 61)
            AssertRefused(Put("cut.tif", whole[..length]));
    }

    [Theory]
    [InlineData((int)TiffTag.TileWidth, 0, "TileWidth", "is 0")]
    [InlineData((int)TiffTag.TileWidth, int.MinValue, "TileWidth", "is 2147483648")]
    [InlineData((int)TiffTag.TileLength, 1 << 30, "TileLength", "is 1073741824")]
    [InlineData((int)TiffTag.ImageWidth, 0, "ImageWidth of TIFF directory 0", "is 0")]
    [InlineData((int)TiffTag.ImageLength, -1, "ImageLength of TIFF directory 0", "is 4294967295")]
    [InlineData((int)TiffTag.ImageWidth, 100_000, "level 0", "TileOffsets")]
    public void A_wrong_number_in_a_directory_is_named(int tag, int value, string first, string second)
    {
        var slide = Slide();
        BinaryPrimitives.WriteInt32LittleEndian(slide.AsSpan(Field(slide, tag) + 12), value);
        AssertRefused(Put("number.tif", slide), first, second);
    }

    [Fact]
    public void A_tile_outside_of_the_file_is_named()
    {
        var slide = Slide();
        var offsets = (int)BinaryPrimitives.ReadInt64LittleEndian(slide.AsSpan(Field(slide, 324) + 12));
        BinaryPrimitives.WriteInt64LittleEndian(slide.AsSpan(offsets + (8 * 5)), 1L << 40);
        AssertRefused(Put("outside.tif", slide), "tile (1, 1) of level 0", "do not lie within the file");
    }

    [Fact]
    public void Directories_in_a_loop_are_refused()
    {
        var slide = Slide();
        var first = (int)BinaryPrimitives.ReadInt64LittleEndian(slide.AsSpan(8));
        var fields = (int)BinaryPrimitives.ReadInt64LittleEndian(slide.AsSpan(first));
        BinaryPrimitives.WriteInt64LittleEndian(slide.AsSpan(first + 8 + (20 * fields)), first);
        AssertRefused(Put("loop.tif", slide), "loop");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_damaged_tile_is_an_error_that_names_it_and_leaves_the_others(int byteInTile)
    {
        var slide = Slide();
        var offsets = (int)BinaryPrimitives.ReadInt64LittleEndian(slide.AsSpan(Field(slide, 324) + 12));
        var tile = (int)BinaryPrimitives.ReadInt64LittleEndian(slide.AsSpan(offsets + (8 * 5)));
        slide[tile + byteInTile] = 0;
        using var open = SlideFile.Open(Put("tile.tif", slide));
        using var patch = new Image(128, 128);
        var error = Assert.Throws<UnreadableSlideException>(() => open.ReadLevel(0, new LevelPoint(128, 128), patch));
        Assert.Contains("tile.tif: tile (1, 1) of level 0: ", error.Message);
        Assert.Equal(0, open.ReadLevel(0, new LevelPoint(0, 0), patch));
    }

    [Fact]
    public void A_tile_that_ends_early_is_an_error_in_whole_and_in_part()
    {
        var slide = Slide();
        var counts = (int)BinaryPrimitives.ReadInt64LittleEndian(slide.AsSpan(Field(slide, 325) + 12));
        var bytes = BinaryPrimitives.ReadInt64LittleEndian(slide.AsSpan(counts));
        BinaryPrimitives.WriteInt64LittleEndian(slide.AsSpan(counts), bytes / 2);
        using var open = SlideFile.Open(Put("half.tif", slide));
        foreach (var (x, y) in ((long, long)[])[(0, 0), (40, 90)])
        {
            using var patch = new Image(128, 128);
            var error = Assert.Throws<UnreadableSlideException>(() => open.ReadLevel(0, new LevelPoint(x, y), patch));
            Assert.Contains("tile (0, 0) of level 0", error.Message);
        }
    }

    [Fact]
    public void OpenSlide_fixtures_that_cannot_be_read_are_errors()
    {
        var unreadable = TestSlides.Real("unreadable.svs");
        using var open = SlideFile.Open(unreadable);
        using var patch = new Image(16, 16);
        var error = Assert.Throws<UnreadableSlideException>(() => open.ReadLevel(0, new LevelPoint(0, 0), patch));
        Assert.Contains("tile (0, 0) of level 0", error.Message);
        AssertRefused(TestSlides.Real("unopenable.tiff"), "52479");
    }

    private byte[] Slide() =>
        File.ReadAllBytes(TestSlides.Write(folder, 500, 400, new PyramidOptions { TileSide = 128 }));

    private string Put(string name, byte[] content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Where a field of the first directory starts in a BigTIFF file.</summary>
    private static int Field(byte[] slide, int tag)
    {
        var at = (int)BinaryPrimitives.ReadInt64LittleEndian(slide.AsSpan(8)) + 8;
        while (BinaryPrimitives.ReadUInt16LittleEndian(slide.AsSpan(at)) != tag)
            at += 20;
        return at;
    }

    private static void AssertRefused(string path, params ReadOnlySpan<string> parts)
    {
        var error = Assert.Throws<UnreadableSlideException>(() => SlideFile.Open(path).Dispose());
        Assert.StartsWith($"slide {path}: ", error.Message);
        foreach (var part in parts)
            Assert.Contains(part, error.Message);
    }
}
