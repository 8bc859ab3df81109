using Coverslip.Slides.Images;
using Coverslip.Tests;

namespace Coverslip.Slides.Tests.Images;

/// <summary>
/// Gray DICOM files. Those under <c>dicom/</c> and the values they shall show were made by <c>dicom/make.py</c>.
/// </summary>
public sealed class DicomTests
{
    private static readonly string Folder = Path.Combine(TestData.Root, "tests/Slides/Images/dicom");

    public static TheoryData<string> Readable =>
        [.. Directory.GetFiles(Folder, "*.png").Select(f => Path.GetFileNameWithoutExtension(f)!).Order()];

    [Theory]
    [MemberData(nameof(Readable))]
    public void Values_come_as_they_are_meant_to_be_shown(string name)
    {
        using var read = ImageFile.Read(Path.Combine(Folder, $"{name}.dcm"), ImageReadOptions.AsStored);
        using var shown = ImageFile.Read(Path.Combine(Folder, $"{name}.png"), ImageReadOptions.AsStored);
        Assert.Equal($"{shown}", $"{read}"); // size, channels, bits
        // JPEG of quality 100 still rounds its coefficients.
        var tolerance = name == "baseline8" ? 2 : 0;
        for (var i = 0; i < read.Width * read.Height; i++)
            Assert.InRange(Sample(read, i) - Sample(shown, i), -tolerance, tolerance);
    }

    [Theory]
    [InlineData("bad-color", "'RGB' with 3 samples")]
    [InlineData("bad-frames", "holds 2 frames")]
    [InlineData("bad-report", "no pixel data (SOP class '1.2.840.10008.5.1.4.1.1.88.11')")]
    [InlineData("bad-window", "window is 0.000000 wide")]
    [InlineData("bad-number", "(0028,1050) is 'two'")]
    [InlineData("bad-function", "'CUBIC'")]
    [InlineData("bad-bits", "high bit is 15")]
    [InlineData("bad-modality", "Modality LUT")]
    public void What_is_no_single_gray_image_is_refused_with_a_reason(string name, string reason)
    {
        var path = Path.Combine(Folder, $"{name}.dcm");
        var error = Assert.Throws<UnreadableImageException>(() => ImageFile.Read(path));
        Assert.Contains(reason, error.Message);
        Assert.Contains(path, error.Message);
    }

    [Theory]
    [InlineData("gray8")]
    [InlineData("gray12")]
    [InlineData("implicit")]
    [InlineData("lossless12")]
    [InlineData("j2k16")]
    [InlineData("jpegls12")]
    [InlineData("rle12")]
    [InlineData("baseline8")]
    [InlineData("lut")]
    public void A_file_cut_anywhere_is_refused(string name)
    {
        var whole = File.ReadAllBytes(Path.Combine(Folder, $"{name}.dcm"));
        var end = EndOfPixels(whole);
        for (var length = 1; length < end; length += Math.Max(1, end / 97))
            Assert.Throws<UnreadableImageException>(() => ImageFile.Decode(whole.AsSpan(0, length), "cut").Dispose());
        Assert.Throws<UnreadableImageException>(() => ImageFile.Decode(whole.AsSpan(0, end - 3), "cut").Dispose());
    }

    [Fact]
    public void A_changed_byte_gives_an_image_or_an_error()
    {
        foreach (var name in new[] { "gray12", "lossless12", "j2k12", "lut" })
        {
            var whole = File.ReadAllBytes(Path.Combine(Folder, $"{name}.dcm"));
            for (var at = 128; at < whole.Length; at += 7)
            {
                var changed = (byte[])whole.Clone();
                changed[at] ^= 0x5a;
                try
                {
                    using var image = ImageFile.Decode(changed, name);
                    Assert.True(image.Width <= 1 << 20);
                }
                catch (UnreadableImageException error)
                {
                    Assert.NotEmpty(error.Reason);
                }
            }
        }
    }

    [Fact]
    public void Content_and_not_the_extension_says_what_a_file_is()
    {
        using var folder = new TemporaryImages();
        var path = folder.At("radiograph.png");
        File.Copy(Path.Combine(Folder, "gray12.dcm"), path);
        using var image = ImageFile.Read(path);
        Assert.Equal("24 × 16 RGB image of 8 bits", $"{image}");
        Assert.Equal(image.Pixels[0], image.Pixels[2]); // gray repeated
    }

    [Fact]
    public void Real_radiographs_are_read_and_one_is_the_other_inverted()
    {
        var folder = TestData.Folder("cxr_dicom");
        using var plain = ImageFile.Read(
            Path.Combine(folder, "1.2.276.0.7230010.3.1.4.8323329.6904.1517875201.850819.dcm"),
            ImageReadOptions.AsStored
        );
        using var inverted = ImageFile.Read(Path.Combine(folder, "Fake_MONOHR1.dcm"), ImageReadOptions.AsStored);
        Assert.Equal("1024 × 1024 gray image of 8 bits", $"{plain}");
        for (var i = 0; i < plain.Pixels.Length; i += 101)
            Assert.Equal(255 - plain.Pixels[i], inverted.Pixels[i]);
    }

    [Fact]
    public void A_slide_of_color_is_no_radiograph()
    {
        var path = Path.Combine(TestData.Folder("wsi"), "boxes_0.dcm");
        Assert.Contains("'RGB'", Assert.Throws<UnreadableImageException>(() => ImageFile.Read(path)).Message);
    }

    private static int Sample(Image image, int at) => image.Depth == 16 ? image.Pixels16[at] : image.Pixels[at];

    /// <summary>Where the last byte of pixels stands: a compressed file ends with an empty delimiter.</summary>
    private static int EndOfPixels(byte[] file) =>
        file.AsSpan(^8..^4).SequenceEqual<byte>([0xfe, 0xff, 0xdd, 0xe0]) ? file.Length - 8 : file.Length;

    private sealed class TemporaryImages : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("coverslip-dicom-").FullName;

        public string At(string name) => Path.Combine(folder, name);

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
