using System.Globalization;
using System.Xml.Linq;
using Coverslip.App.Reports;
using Coverslip.Learning.Reports;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Heatmaps;
using Coverslip.Slides.Images;

namespace Coverslip.App.Tests.Reports;

/// <summary>Slides in a report: what lies where over them, and how many bytes they take.</summary>
public sealed class MappedSlideTests : IDisposable
{
    private const int Width = 2048,
        Height = 1024;
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Outlines_rings_map_and_scale_bar_lie_where_they_are_on_the_slide()
    {
        var grid = new HeatmapGrid(8, 4, 256, 256, 256, Mpp.Of(2));
        var values = Enumerable.Repeat(float.NaN, grid.Cells).ToArray();
        (values[0], values[grid.Cells - 1]) = (1, 0.5f);
        var figure = Shown(
            new MappedSlide(Slide(Mpp.Of(2)), "a")
            {
                Truth = Truth(),
                Map = new Heatmap(grid, values),
                Places = [new MarkedPlace(1024, 512, 0.75)],
                Caption = [new Words("of somebody")],
            }
        );
        var views = figure.Descendants().Where(e => e.Name.LocalName == "svg").ToArray();
        Assert.Equal(2, views.Length);
        Assert.All(views, v => Assert.Equal("0 0 900 450", v.Attribute("viewBox")!.Value));
        var scale = 900.0 / Width;
        // The mask's pixel stands for eight of the slide's: (512, 256) to (1024, 768).
        foreach (var view in views)
            Assert.Equal(
                [(512, 256), (1024, 256), (1024, 768), (512, 768)],
                Corners(view).Select(p => ((int)Math.Round(p.X / scale), (int)Math.Round(p.Y / scale)))
            );
        var ring = views[1].Descendants().Last(e => e.Name.LocalName == "circle");
        Assert.Equal(("450", "225"), (ring.Attribute("cx")!.Value, ring.Attribute("cy")!.Value));
        Assert.Equal("detection 1: 0.750", ring.Parent!.Elements().First().Value);
        // The slide's picture stands in the page once.
        Assert.Single(figure.Descendants(), e => e.Attribute("href")?.Value.StartsWith("data:image/jpeg") == true);
        var map = views[1].Descendants().Single(e => e.Attribute("href")?.Value.StartsWith("data:image/png") == true);
        Assert.Equal(("900", "450"), (map.Attribute("width")!.Value, map.Attribute("height")!.Value));
        using var cells = ImageFile.Decode(Bytes(map), "map", new ImageReadOptions { Channels = 3 });
        Assert.Equal((8, 4), (cells.Width, cells.Height));
        Assert.Equal([253, 231, 37], cells.Pixels[..3].ToArray());
        var (red, green, blue) = HeatmapColors.Of(32 / 63f);
        Assert.Equal([red, green, blue], cells.Pixels[^3..].ToArray());
        // 1 mm of 2048 pixels of 2 µm.
        var bar = figure.Descendants().First(e => e.Name.LocalName == "span" && e.Attribute("style") is not null);
        Assert.Equal("width: 24.41%", bar.Attribute("style")!.Value);
        Assert.Equal("1 mm", bar.Parent!.Value);
        Assert.EndsWith("of somebody", figure.Value);
    }

    [Fact]
    public void Without_a_map_or_microns_the_slide_stands_alone_and_says_so()
    {
        var figure = Shown(new MappedSlide(Slide(mpp: null), "b"));
        Assert.Single(figure.Descendants(), e => e.Name.LocalName == "svg");
        Assert.Contains("The slide does not say its microns per pixel: no scale bar.", figure.Value);
    }

    [Fact]
    public void A_slide_that_cannot_be_read_says_why_and_the_others_are_shown()
    {
        var cut = Path.Combine(folder, "cut.tif");
        File.WriteAllBytes(cut, File.ReadAllBytes(Slide(Mpp.Of(1)))[..200]);
        var page = MappedSlideHtml.Of(
            new MappedSlides([new MappedSlide(cut, "cut"), new MappedSlide(Slide(Mpp.Of(1)), "c")])
        );
        var figures = page.Elements().ToArray();
        Assert.Contains(cut, figures[0].Value);
        Assert.Contains(figures[1].Descendants(), e => e.Name.LocalName == "image");
    }

    /// <summary>Nothing takes more bytes than noise.</summary>
    [Fact]
    public void No_slide_takes_more_of_the_page_than_it_may()
    {
        using var noise = new Image(SlideJpeg.Side, SlideJpeg.Side);
        new Random(1).NextBytes(noise.WritablePixels);
        Assert.InRange(SlideJpeg.Encode(noise).Length, 1, 220_000);
        var grid = new HeatmapGrid(900, 900, 64, 64, 64, Mpp.Of(1));
        var random = new Random(2);
        var map = new Heatmap(grid, [.. Enumerable.Range(0, grid.Cells).Select(_ => random.NextSingle())]);
        var (png, columns, rows, block) = OverlaidMap.Of(map);
        Assert.Equal((450, 450, 2), (columns, rows, block));
        Assert.InRange(png.Length, 1, 200_000);
    }

    private static XElement Shown(MappedSlide slide) =>
        MappedSlideHtml.Of(new MappedSlides([slide])).Elements().Single();

    private static byte[] Bytes(XElement picture)
    {
        var data = picture.Attribute("href")!.Value;
        return Convert.FromBase64String(data[(data.IndexOf(',') + 1)..]);
    }

    private static IEnumerable<(double X, double Y)> Corners(XElement view) =>
        view.Descendants()
            .First(e => e.Name.LocalName == "path")
            .Attribute("d")!
            .Value.TrimStart('M')
            .TrimEnd('Z')
            .Split('L')
            .Select(p => p.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray())
            .Select(p => (p[0], p[1]));

    private string Truth()
    {
        var path = Path.Combine(folder, "truth.png");
        using var mask = new Image(Width / 8, Height / 8, channels: 1);
        mask.WritablePixels.Clear();
        for (var y = 32; y < 96; y++)
            mask.WritablePixels.Slice((y * mask.Width) + 64, 64).Fill(255);
        ImageFile.Write(path, mask);
        return path;
    }

    private string Slide(Mpp? mpp)
    {
        var path = Path.Combine(folder, $"slide-{mpp}.tif");
        PyramidWriter.Write(
            path,
            Width,
            Height,
            new PyramidOptions { Mpp = mpp },
            (_, _, tile) => tile.WritablePixels.Fill(220)
        );
        return path;
    }
}
