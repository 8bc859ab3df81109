using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Images;

public sealed class ImageFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-images-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(".png", 1, 8)]
    [InlineData(".png", 3, 8)]
    [InlineData(".png", 1, 16)]
    [InlineData(".png", 3, 16)]
    [InlineData(".tif", 1, 8)]
    [InlineData(".tiff", 3, 8)]
    [InlineData(".tif", 1, 16)]
    [InlineData(".tif", 3, 16)]
    [InlineData(".bmp", 1, 8)]
    [InlineData(".BMP", 3, 8)]
    public void Lossless_formats_give_back_every_sample(string extension, int channels, int depth)
    {
        using var image = Pictures.Noise(37, 23, channels, depth);
        var path = Path.Combine(folder, "image" + extension);
        ImageFile.Write(path, image);
        using var read = ImageFile.Read(path, ImageReadOptions.AsStored);
        Pictures.AssertEqual(image, read);
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Jpeg_gives_back_a_smooth_image_nearly(int channels)
    {
        using var image = Pictures.Ramp(64, 48, channels);
        var path = Path.Combine(folder, "image.jpg");
        ImageFile.Write(path, image, new ImageWriteOptions { JpegQuality = 98 });
        using var read = ImageFile.Read(path, ImageReadOptions.AsStored);
        Assert.Equal(image.ToString(), read.ToString());
        for (var i = 0; i < image.ByteCount; i++)
            Assert.InRange(read.Pixels[i] - image.Pixels[i], -4, 4);
    }

    [Fact]
    public void Jpeg_quality_changes_the_size()
    {
        using var image = Pictures.Noise(64, 64);
        var (poor, good) = (new ImageWriteOptions { JpegQuality = 20 }, new ImageWriteOptions { JpegQuality = 95 });
        Assert.True(ImageFile.Encode(image, ".jpg", poor).Length * 2 < ImageFile.Encode(image, ".jpg", good).Length);
    }

    [Fact]
    public void Models_get_rgb_of_8_bits_from_16_bit_gray()
    {
        using var image = new Image(3, 2, channels: 1, depth: 16);
        ushort[] samples = [0, 128, 129, 257, 65406, 65535];
        samples.CopyTo(image.WritablePixels16);
        using var read = ImageFile.Decode(ImageFile.Encode(image, ".png"), "gray");
        byte[] expected = [0, 0, 1, 1, 254, 255]; // divided by 257 and rounded: 128/257 is below a half, 129/257 above
        Assert.Equal("3 × 2 RGB image of 8 bits", read.ToString());
        Assert.Equal(expected.SelectMany(value => new[] { value, value, value }), read.Pixels.ToArray());
    }

    [Fact]
    public void Eight_bits_widen_to_the_whole_range()
    {
        using var image = Image.From([0, 1, 255], 3, 1, channels: 1);
        var options = new ImageReadOptions { Depth = 16 };
        using var read = ImageFile.Decode(ImageFile.Encode(image, ".png"), "gray", options);
        Assert.Equal(new ushort[] { 0, 257, 65535 }, read.Pixels16.ToArray());
    }

    [Fact]
    public void A_mask_is_read_as_gray_even_from_rgb()
    {
        using var image = Image.From([255, 255, 255, 0, 0, 0, 255, 0, 0], 3, 1);
        using var read = ImageFile.Decode(ImageFile.Encode(image, ".bmp"), "mask", ImageReadOptions.Mask);
        Assert.Equal(new byte[] { 255, 0, 76 }, read.Pixels.ToArray()); // 0.299 · 255
    }

    [Fact]
    public void Alpha_is_composited_onto_white()
    {
        byte[] rgba = [200, 100, 0, 255, 200, 100, 0, 0, 200, 100, 0, 128];
        var file = PngBytes.Of(3, 1, 8, PngBytes.RgbAlpha, rgba);
        using var read = ImageFile.Decode(file, "alpha", ImageReadOptions.AsStored);
        byte[] expected = [200, 100, 0, 255, 255, 255, 227, 177, 127]; // (c · 128 + 255 · 127) / 255
        Assert.Equal(expected, read.Pixels.ToArray());
    }

    [Fact]
    public void Gray_with_alpha_stays_gray()
    {
        byte[] samples = [80, 255, 80, 0];
        var file = PngBytes.Of(2, 1, 8, PngBytes.GrayAlpha, samples);
        using var read = ImageFile.Decode(file, "alpha", ImageReadOptions.AsStored);
        Assert.Equal("2 × 1 gray image of 8 bits", read.ToString());
        Assert.Equal(new byte[] { 80, 255 }, read.Pixels.ToArray());
    }

    [Fact]
    public void A_palette_is_expanded()
    {
        byte[] palette = [10, 20, 30, 200, 100, 50];
        using var read = ImageFile.Decode(PngBytes.Of(3, 1, 8, PngBytes.Palette, [1, 0, 1], palette), "palette");
        Assert.Equal(new byte[] { 200, 100, 50, 10, 20, 30, 200, 100, 50 }, read.Pixels.ToArray());
    }

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        var path = Path.Combine(folder, "image.jpg");
        File.WriteAllText(path, "old");
        using var image = Pictures.Noise(4, 4, depth: 16);
        var error = Assert.Throws<ArgumentException>(() => ImageFile.Write(path, image));
        Assert.Contains("8 bits per sample, the image has 16", error.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(folder));
    }

    [Fact]
    public void An_unknown_extension_names_the_known_ones()
    {
        using var image = Pictures.Noise(4, 4);
        var error = Assert.Throws<ArgumentException>(() => ImageFile.Write(Path.Combine(folder, "image.gif"), image));
        Assert.Contains("'.gif'; known are .png, .jpg", error.Message);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(101, 3)]
    [InlineData(90, 10)]
    public void Options_out_of_range_are_refused(int quality, int compression)
    {
        using var image = Pictures.Noise(4, 4);
        var options = new ImageWriteOptions { JpegQuality = quality, PngCompression = compression };
        Assert.Throws<ArgumentException>(() => ImageFile.Encode(image, ".png", options));
    }
}
