using Coverslip.App.Reports;
using Coverslip.Learning.Reports;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Reports;

/// <summary>Pictures of the page, and what is drawn over them.</summary>
public sealed class ThumbnailTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_box_frames_its_share_of_the_picture_and_fills_nothing()
    {
        var file = Path.Combine(folder, "gray.png");
        using (var gray = new Image(200, 100, channels: 1))
        {
            gray.WritablePixels.Fill(150);
            ImageFile.Write(file, gray);
        }
        var box = new PictureBox(0.25, 0.2, 0.75, 1);
        var source = Thumbnail.Of(new Picture(file, "gray") { Boxes = [box] }).Attribute("src")!.Value;
        var jpeg = Path.Combine(folder, "shown.jpg");
        File.WriteAllBytes(jpeg, Convert.FromBase64String(source[(source.IndexOf(',') + 1)..]));
        using var shown = ImageFile.Read(jpeg);
        // Orange has no blue; all grays have.
        int Blue(int x, int y) => shown.Pixels[(((y * shown.Width) + x) * 3) + 2];
        // JPEG spreads a line of two pixels over its neighbors.
        foreach (var (x, y) in new[] { (50, 60), (150, 60), (100, 20), (100, 99) })
            Assert.True(Blue(x, y) < 110, $"{x},{y}: {Blue(x, y)}");
        foreach (var (x, y) in new[] { (100, 60), (25, 60), (100, 10), (175, 60) })
            Assert.InRange(Blue(x, y), 135, 165);
    }
}
