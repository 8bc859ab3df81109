using Coverslip.Slides.Formats;
using Coverslip.Slides.Images;
using Coverslip.Slides.Tests.Images;

namespace Coverslip.Slides.Tests.Formats;

/// <summary>A header says the size that the decoder finds, and what is no image has none.</summary>
public sealed class ImageHeaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-headers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(".png")]
    [InlineData(".jpg")]
    [InlineData(".tif")]
    [InlineData(".bmp")]
    public void The_size_is_the_decoders(string extension)
    {
        using var image = Pictures.Noise(37, 23);
        var path = Path.Combine(folder, "image" + extension);
        ImageFile.Write(path, image);
        Assert.Equal((37, 23), ImageHeader.SizeOf(path));
        File.Move(path, Path.ChangeExtension(path, ".dat"));
        Assert.Equal((37, 23), ImageHeader.SizeOf(Path.ChangeExtension(path, ".dat")));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("a text that somebody named .png", "none of PNG, JPEG, TIFF, BMP, DICOM")]
    [InlineData("\u0000\u0005\u0016\u0007", "none of PNG, JPEG, TIFF, BMP, DICOM")]
    public void What_is_no_image_is_told(string content, string reason)
    {
        var path = Path.Combine(folder, "no.png");
        File.WriteAllText(path, content);
        Assert.Contains(reason, Assert.Throws<UnreadableImageException>(() => ImageHeader.SizeOf(path)).Message);
    }
}
