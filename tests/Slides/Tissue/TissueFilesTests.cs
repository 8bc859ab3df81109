using Coverslip.Files;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Formats;
using Coverslip.Slides.Geometry;
using Coverslip.Slides.Images;
using Coverslip.Slides.Tissue;

namespace Coverslip.Slides.Tests.Tissue;

/// <summary>Tissue in a folder is a slide's as long as the slide, how it is read and all options are the same.</summary>
public sealed class TissueFilesTests : IDisposable
{
    /// <summary>What 300 dpi mean, which programs write that know no resolution.</summary>
    private const double Print = 25_400.0 / 300;

    private static readonly TissueOptions Options = new() { Mpp = 4 };
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-tissue-").FullName;
    private readonly List<string> told = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Files_are_finished_for_their_options_only()
    {
        using var slide = SlideFile.Open(Painted("a.tif", 500));
        var files = new TissueFiles(Path.Combine(folder, "out"));
        Assert.Null(files.Finished(slide, Options, told.Add));
        using var map = TissueFinder.Find(slide, Options);
        files.Write(slide, map, Options);
        Assert.Equal(map.Area, files.Finished(slide, Options, told.Add)!.Area);
        Assert.Empty(told);
        Assert.Null(files.Finished(slide, Options with { FillHoles = 0 }, told.Add));
        Assert.EndsWith("done again: tissue.fill_holes was 0.1, is 0", Assert.Single(told));
        Assert.Equal(map.Region.Area, files.Read(slide).Area, 1e-6);
        using var mask = ImageFile.Read(files.Place(slide.Path, "mask.png"), new ImageReadOptions { Channels = 1 });
        Assert.True(mask.Pixels.SequenceEqual(map.Mask.Pixels));
        File.WriteAllText(files.Place(slide.Path, "tissue.json"), "{");
        Assert.Null(files.Finished(slide, Options));
        using var none = SlideFile.Open(Painted("none.tif", 500));
        Assert.Contains("makes it", Assert.Throws<AnnotationException>(() => files.Read(none)).Message);
    }

    [Fact]
    public void A_slide_is_done_again_at_another_resolution_and_its_old_outlines_are_not_taken()
    {
        var path = Painted("a.tif", 500, Print);
        using (var print = SlideFile.Open(path))
            Assert.InRange(Find(print).Area, 1000, 10_000); // mm²: of what was taken for 84.67 µm per pixel
        using var slide = SlideFile.Open(path, new SlideOptions { Mpp = Mpp.Of(0.5) });
        var files = new TissueFiles(Path.Combine(folder, "out"));
        var refused = Assert.Throws<AnnotationException>(() => files.Read(slide)).Message;
        Assert.Contains("is 0.5 × 0.5; slide.resolution_from was XResolution, YResolution, is --slide-mpp", refused);
        Assert.Contains("'coverslip tissue", refused);
        Assert.Null(files.Finished(slide, Options, told.Add));
        Assert.Contains("slide.microns_per_pixel was 84.6", Assert.Single(told));
        Assert.Equal(500 * 700 * 0.25e-6, Find(slide).Area, 0.005);
        Assert.NotNull(files.Finished(slide, Options));
    }

    [Fact]
    public void Two_slides_of_one_name_and_size_do_not_share_their_tissue()
    {
        string[] paths = [Painted("a/raw.tif", 300), Painted("b/raw.tif", 600)];
        // Of one length: what is behind a TIFF's last byte is no part of the picture.
        var length = paths.Max(path => new FileInfo(path).Length);
        foreach (var path in paths)
        {
            using var file = File.OpenWrite(path);
            file.SetLength(length);
        }
        using var a = SlideFile.Open(paths[0]);
        using var b = SlideFile.Open(paths[1]);
        Find(a);
        var files = new TissueFiles(Path.Combine(folder, "out"));
        var taken = Assert.Throws<InvalidDataException>(() => files.Finished(b, Options));
        Assert.Contains($"is of {a.Path}, and {b.Path}, which is another file", taken.Message);
        Assert.Throws<AnnotationException>(() => files.Read(b));
        Assert.Throws<AnnotationException>(() => files.Tissue(b));
        // The same slide elsewhere is the same slide.
        Directory.CreateDirectory(Path.Combine(folder, "c"));
        File.Copy(a.Path, Path.Combine(folder, "c", "raw.tif"));
        using var moved = SlideFile.Open(Path.Combine(folder, "c", "raw.tif"));
        Assert.NotNull(files.Finished(moved, Options));
        Assert.Equal(files.Read(a).Area, files.Read(moved).Area);
    }

    [Fact]
    public void A_slide_of_before_its_parts_were_kept_is_done_again()
    {
        using var slide = SlideFile.Open(Painted("a.tif", 500));
        Find(slide);
        var files = new TissueFiles(Path.Combine(folder, "out"));
        var path = files.Place(slide.Path, "tissue.json");
        var before = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        before.Remove("madeOf");
        before["slideBytes"] = new FileInfo(slide.Path).Length;
        File.WriteAllText(path, before.ToJsonString());
        Assert.Throws<AnnotationException>(() => files.Read(slide));
        Assert.Null(files.Finished(slide, Options, told.Add));
        Assert.Contains("an earlier version made it, which did not keep of what", Assert.Single(told));
    }

    [Fact]
    public void The_table_keeps_slides_of_earlier_calls()
    {
        using var slide = SlideFile.Open(Painted("a.tif", 500));
        var record = Find(slide);
        var files = new TissueFiles(Path.Combine(folder, "out"));
        files.WriteTable([("a.tif", record, null), ("broken.tif", null, "cut")]);
        files.WriteTable([("b.tif", record, null)]);
        files.WriteTable([("broken.tif", record, null), ("other/a.tif", null, "of another slide")]);
        var table = CsvTable.Read(Path.Combine(folder, "out", "tissue.csv"));
        Assert.Equal(["a.tif", "broken.tif", "b.tif"], table.Rows.Select(r => r.Fields[0]));
        Assert.All(table.Rows, r => Assert.Equal("", r.Fields[^1]));
        files.WriteTable([("a.tif", null, "gone")]);
        table = CsvTable.Read(Path.Combine(folder, "out", "tissue.csv"));
        Assert.Equal("failed: gone", table.Rows[0].Fields[^1]);
    }

    private TissueRecord Find(Slide slide)
    {
        using var map = TissueFinder.Find(slide, Options);
        return new TissueFiles(Path.Combine(folder, "out")).Write(slide, map, Options);
    }

    /// <summary>1000 × 900 pixels, pink from 100, 100 on: so wide, and 700 high.</summary>
    private string Painted(string name, int wide, double mpp = 0.5)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        PyramidWriter.Write(
            path,
            1000,
            900,
            new PyramidOptions { Mpp = Mpp.Of(mpp) },
            (left, top, tile) =>
            {
                for (var i = 0; i < tile.Width * tile.Height; i++)
                {
                    var (x, y) = (left + (i % tile.Width) - 100, top + (i / tile.Width) - 100);
                    var isTissue = x >= 0 && x < wide && y is >= 0 and < 700;
                    ReadOnlySpan<byte> color = isTissue ? [190, 90, 150] : [242, 242, 242];
                    color.CopyTo(tile.WritablePixels[(3 * i)..]);
                }
            }
        );
        return path;
    }
}
