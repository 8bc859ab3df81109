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
        // JPEG of quality 100 still rounds its coefficients: by two levels, of which gray12 shows 3,690.
        var tolerance = name switch
        {
            "baseline8" => 2,
            "extended12" => 2 * 65535 / 3690 + 1,
            _ => 0,
        };
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
    [InlineData("extended12")]
    [InlineData("predictor6")]
    [InlineData("lut")]
    public void A_file_cut_anywhere_is_refused(string name)
    {
        var whole = File.ReadAllBytes(Path.Combine(Folder, $"{name}.dcm"));
        var end = EndOfPixels(whole);
        for (var length = 1; length < end; length += Math.Max(1, end / 97))
            Assert.Throws<UnreadableImageException>(() => ImageFile.Decode(whole.AsSpan(0, length), "cut").Dispose());
        Assert.Throws<UnreadableImageException>(() => ImageFile.Decode(whole.AsSpan(0, end - 3), "cut").Dispose());
    }

    [Theory]
    [InlineData("gray12")]
    [InlineData("lossless12")]
    [InlineData("lossless16")]
    [InlineData("predictor6")]
    [InlineData("extended12")]
    [InlineData("baseline8")]
    [InlineData("jpegls12")]
    [InlineData("rle12")]
    [InlineData("j2k12")]
    [InlineData("lut")]
    public void A_changed_byte_gives_an_image_or_an_error(string name)
    {
        var whole = File.ReadAllBytes(Path.Combine(Folder, $"{name}.dcm"));
        for (var at = 128; at < whole.Length; at++)
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

    [Theory]
    [InlineData(0, 3, "they claim 3 run-length segments, expected is 2")]
    [InlineData(1, 0x5a, "they claim 23042 run-length segments, expected is 2")]
    [InlineData(4, 3, "run-length segment 1 spans bytes 3 to")]
    [InlineData(9, 0x5a, "run-length segment 1 spans bytes 64 to")]
    [InlineData(64, 127, "a run")] // 128 bytes as they are, where fewer are left
    public void Damaged_run_lengths_are_told(int at, byte value, string reason)
    {
        var file = File.ReadAllBytes(Path.Combine(Folder, "rle12.dcm"));
        file[Pixels(file) + at] = value;
        Assert.Contains(reason, Refusal(file));
    }

    [Fact] // github.com/pydicom/pydicom/issues/1438: a run of one byte pads the segment
    public void Padding_behind_the_last_run_is_left_out()
    {
        var file = File.ReadAllBytes(Path.Combine(Folder, "rle12.dcm"));
        var (begin, end) = (Pixels(file), file.Length - 8);
        byte[] padded = [.. file[..end], 0, 0, .. file[end..]];
        BitConverter.TryWriteBytes(padded.AsSpan(begin - 4), end - begin + 2); // the fragment's length
        using var read = ImageFile.Decode(padded, "padded");
        using var plain = ImageFile.Decode(file, "plain");
        Assert.True(plain.Pixels.SequenceEqual(read.Pixels));
    }

    [Theory]
    [InlineData(0xc4, 5, 17, "more codes than their lengths allow")] // 17 codes of one bit
    [InlineData(0xc4, 2, 0xff, "segment of their head is cut")] // the table is longer than the file
    [InlineData(0xc3, 9, 2, "another size or kind")] // two samples a pixel
    [InlineData(0xc3, 4, 17, "another size or kind")] // 17 bits
    [InlineData(0xda, 7, 9, "has predictor 9")]
    [InlineData(0xda, 6, 0x30, "Huffman table is missing")] // the fourth of them
    [InlineData(0xd9, 1, 0xd0, "do not come to an end")]
    [InlineData(0xd8, 1, 0, "no JPEG stream begins there")]
    public void A_damaged_lossless_JPEG_is_told(int marker, int at, byte value, string reason)
    {
        var file = File.ReadAllBytes(Path.Combine(Folder, "lossless12.dcm"));
        // The last of a kind: a marker's bytes are no others within the stream.
        file[file.AsSpan().LastIndexOf<byte>([0xff, (byte)marker]) + at] = value;
        Assert.Contains(reason, Refusal(file));
    }

    [Theory]
    [InlineData(10, "are of another size or kind than the file says: 65304 x 16 pixels of 1 samples")]
    [InlineData(40, "of 65281 samples")]
    public void A_JPEG_2000_of_another_size_is_refused_before_memory_is_taken(int at, string reason)
    {
        var file = File.ReadAllBytes(Path.Combine(Folder, "j2k12.dcm"));
        file[Pixels(file) + at] = 0xff;
        Assert.Contains(reason, Refusal(file));
    }

    [Fact]
    public void What_is_no_JPEG_2000_is_not_handed_to_another_decoder()
    {
        var file = File.ReadAllBytes(Path.Combine(Folder, "j2k12.dcm"));
        "BM"u8.CopyTo(file.AsSpan(Pixels(file)));
        Assert.Contains("no JPEG 2000 stream begins there", Refusal(file));
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

    private static string Refusal(byte[] file) =>
        Assert.Throws<UnreadableImageException>(() => ImageFile.Decode(file, "damaged").Dispose()).Message;

    /// <summary>Where a compressed file's pixels begin: behind an item that is an empty table of offsets.</summary>
    private static int Pixels(byte[] file)
    {
        var element = file.AsSpan().IndexOf<byte>([0xe0, 0x7f, 0x10, 0x00]);
        var table = BitConverter.ToInt32(file, element + 16);
        return element + 12 + 8 + table + 8;
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
