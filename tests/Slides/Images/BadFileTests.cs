using System.Buffers.Binary;
using System.Text;
using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Images;

/// <summary>Files that are no whole image. None may come back as pixels.</summary>
public sealed class BadFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-bad-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string, byte[], string> Files =>
        new()
        {
            { "empty.png", [], "the file is empty" },
            { "text.png", Encoding.UTF8.GetBytes("image,label,patient\n"), "none of PNG, JPEG, TIFF, BMP, DICOM" },
            { "signature.png", Encode(".png")[..8], "truncated" },
            { "damaged.png", Flipped(Encode(".png"), at: 100), "checksum differs" },
            {
                "vast.png",
                PngBytes.Of(2_000_000, 2, 8, 0, new byte[8]),
                "claims 2000000 x 2 pixels; the limit is 2^20"
            },
            { "vast-area.png", PngBytes.Of(1_000_000, 1_000_000, 8, 2, new byte[1_000_000]), "2^30 in all" },
            { "no-header.png", PngBytes.OfOneChunk("IEND", []), "first PNG chunk is no header of 13 bytes" },
            { "short-header.png", PngBytes.OfOneChunk("IHDR", [0, 0, 0, 1]), "no header of 13 bytes" },
            { "short.png", PngBytes.Of(64, 64, 8, 2, new byte[64]), "damaged or truncated" },
            { "vast.bmp", VastBmp(), "claims 1500000 x" },
            { "vast.tif", VastTiff(), "pixels; the limit is" },
            { "half.tif", [(byte)'I', (byte)'I', 42, 0], "TIFF" },
            { "soi.jpg", [0xFF, 0xD8, 0xFF], "" },
            { "float.tif", TiffOfFloats(), "samples are 32 bits wide" },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public void The_error_names_the_file_and_what_is_wrong(string name, byte[] content, string reason)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        var error = Assert.Throws<UnreadableImageException>(() => ImageFile.Read(path));
        Assert.Equal(path, error.File);
        Assert.Contains(path, error.Message);
        Assert.Contains(reason, error.Message);
        Assert.NotEmpty(error.Reason);
    }

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".tif")]
    [InlineData(".bmp")]
    public void A_file_cut_anywhere_is_refused(string extension)
    {
        var whole = Encode(extension);
        for (var length = 1; length < whole.Length; length += Math.Max(1, whole.Length / 97))
        {
            var part = whole[..length];
            Assert.Throws<UnreadableImageException>(() => ImageFile.Decode(part, $"{length} bytes").Dispose());
        }
        Assert.Throws<UnreadableImageException>(() => ImageFile.Decode(whole[..^1], "all but one byte").Dispose());
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = Path.Combine(folder, "nowhere.png");
        var error = Assert.Throws<UnreadableImageException>(() => ImageFile.Read(path));
        Assert.Equal($"image {path}: there is no such file", error.Message);
    }

    [Fact]
    public void A_folder_is_no_image()
    {
        var error = Assert.Throws<UnreadableImageException>(() => ImageFile.Read(folder));
        Assert.Equal($"image {folder}: this is a folder", error.Message);
    }

    private static byte[] Encode(string extension)
    {
        using var image = Pictures.Noise(48, 40);
        return ImageFile.Encode(image, extension);
    }

    private static byte[] Flipped(byte[] file, int at)
    {
        file[at] ^= 0x10;
        return file;
    }

    private static byte[] VastBmp()
    {
        var file = Encode(".bmp");
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), 1_500_000);
        return file;
    }

    private static byte[] VastTiff() => Tiff(width: 3_000_000, bits: 8, sampleFormat: 1);

    private static byte[] TiffOfFloats() => Tiff(width: 2, bits: 32, sampleFormat: 3);

    /// <summary>A gray TIFF of one row with eight bytes of pixels.</summary>
    private static byte[] Tiff(int width, int bits, int sampleFormat)
    {
        (ushort Tag, int Value)[] tags =
        [
            (256, width),
            (257, 1),
            (258, bits),
            (259, 1),
            (262, 1),
            (273, 8),
            (277, 1),
            (278, 1),
            (279, 8),
            (339, sampleFormat),
        ];
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("II*\0"u8);
        writer.Write(16);
        writer.Write(new byte[8]);
        writer.Write((ushort)tags.Length);
        foreach (var (tag, value) in tags)
        {
            writer.Write(tag);
            writer.Write((ushort)4);
            writer.Write(1);
            writer.Write(value);
        }
        writer.Write(0);
        writer.Flush();
        return file.ToArray();
    }
}
