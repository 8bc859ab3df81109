using Coverslip.Slides.Images;

namespace Coverslip.Slides.Tests.Images;

/// <summary>What counts as set in a mask, and what is no mask.</summary>
public sealed class MaskFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-masks-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Any_value_but_zero_is_set_at_the_full_depth()
    {
        using var ids = new Image(4, 1, channels: 1, depth: 16);
        ushort[] samples = [0, 1, 127, 256];
        samples.CopyTo(ids.WritablePixels16);
        Assert.Equal(new byte[] { 0, 255, 255, 255 }, Read("ids.png", ImageFile.Encode(ids, ".png")));
        using var colors = Image.From([0, 0, 0, 0, 0, 1, 9, 0, 0], 3, 1);
        Assert.Equal(new byte[] { 0, 255, 255 }, Read("colors.tif", ImageFile.Encode(colors, ".tif")));
    }

    [Fact]
    public void A_jpeg_is_no_mask()
    {
        using var square = new Image(64, 64, channels: 1);
        square.WritablePixels.Clear();
        for (var y = 20; y < 44; y++)
            square.WritablePixels.Slice(y * 64 + 18, 36).Fill(255);
        var refused = Refused("square.jpg", ImageFile.Encode(square, ".jpg"));
        Assert.Contains("a mask is no JPEG", refused);
        Assert.Contains("save the mask as PNG", refused);
        Assert.Contains("a mask is no JPEG", Refused("misnamed.png", ImageFile.Encode(square, ".jpg")));
    }

    [Fact]
    public void Transparency_is_refused_and_an_opaque_alpha_channel_is_not()
    {
        byte[] through = [0, 0, 0, 0, 255, 255, 255, 255];
        Assert.Contains("transparent", Refused("a.png", PngBytes.Of(2, 1, 8, PngBytes.RgbAlpha, through)));
        Assert.Contains("transparent", Refused("b.png", PngBytes.Of(2, 1, 8, PngBytes.GrayAlpha, [0, 0, 255, 255])));
        byte[] opaque = [0, 0, 0, 255, 7, 0, 0, 255];
        Assert.Equal(new byte[] { 0, 255 }, Read("c.png", PngBytes.Of(2, 1, 8, PngBytes.RgbAlpha, opaque)));
        Assert.Equal(new byte[] { 0, 255 }, Read("d.png", PngBytes.Of(2, 1, 8, PngBytes.GrayAlpha, [0, 255, 7, 255])));
    }

    [Fact]
    public void Colors_without_black_have_no_background()
    {
        byte[] yellow = [253, 231, 37, 255],
            violet = [68, 1, 84, 255];
        Assert.Contains(
            "a picture of colors, none of which is black",
            Refused("e.png", PngBytes.Of(2, 1, 8, PngBytes.RgbAlpha, [.. yellow, .. violet]))
        );
        // All of a mask may be foreground.
        Assert.Equal(
            new byte[] { 255, 255 },
            Read("f.png", PngBytes.Of(2, 1, 8, PngBytes.RgbAlpha, [.. yellow, .. yellow]))
        );
        Assert.Equal(
            new byte[] { 0, 255 },
            Read("g.png", PngBytes.Of(2, 1, 8, PngBytes.RgbAlpha, [0, 0, 0, 255, .. violet]))
        );
    }

    [Fact]
    public void A_palette_whose_number_0_is_no_black_says_two_things()
    {
        byte[] numbers = [0, 1];
        Assert.Contains(
            "shows 0, which is background, as (255, 255, 255) and not as black",
            Refused("h.png", PngBytes.Of(2, 1, 8, PngBytes.Palette, numbers, [255, 255, 255, 0, 0, 0]))
        );
        Assert.Equal(
            new byte[] { 0, 255 },
            Read("i.png", PngBytes.Of(2, 1, 8, PngBytes.Palette, numbers, [0, 0, 0, 128, 0, 0]))
        );
    }

    [Fact]
    public void A_mask_has_its_images_size()
    {
        using var mask = new Image(20, 50, channels: 1);
        var path = Path.Combine(folder, "odd.png");
        ImageFile.Write(path, mask);
        var error = Assert.Throws<UnreadableImageException>(() => MaskFile.Read(path, ("im/0.png", 64, 48)));
        Assert.EndsWith(
            "the mask has 20 × 50 pixels, its image im/0.png 64 × 48; a mask has its image's size",
            error.Message
        );
    }

    private byte[] Read(string name, byte[] bytes)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        using var mask = MaskFile.Read(path);
        return mask.Pixels.ToArray();
    }

    private string Refused(string name, byte[] bytes) =>
        Assert.Throws<UnreadableImageException>(() => Read(name, bytes)).Message;
}
