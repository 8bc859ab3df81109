using Coverslip.Slides.Images;
using Coverslip.Viewer.Contents;

namespace Coverslip.Viewer.Tests.Contents;

public sealed class ShownSlidesTests(ViewedPhantoms phantoms)
{
    [Fact]
    public void A_slide_has_what_lies_there_of_its_name()
    {
        var shown = ShownSlides.In(ViewedFolders.Of([phantoms.Folder]), "/nowhere");
        Assert.Equal(["a", "unknown"], shown.Slides.Select(s => s.Name));
        Assert.Equal([LayerKind.Heatmap, LayerKind.Annotations], shown.Slides[0].Layers.Select(l => l.Kind));
        Assert.Empty(shown.Notes);
    }

    /// <summary>Two cohorts count their slides alike: what was made of one is not shown with the other.</summary>
    [Fact]
    public void Of_two_slides_of_a_name_the_nearest_has_the_layers()
    {
        using var own = new TempFolder();
        foreach (var cohort in (string[])["one", "two"])
        {
            Directory.CreateDirectory(own.At($"{cohort}/slides"));
            File.Copy(Slide, own.At($"{cohort}/slides/a.tif"));
        }
        ViewedPhantoms.WriteHeatmap(own.At("two/run"), "a", 32, 31);
        ViewedPhantoms.WriteHeatmap(own.At("run"), "a", 32, 31);
        var shown = ShownSlides.In(ViewedFolders.Of([own.Path]), "/nowhere");
        Assert.Empty(shown.Slides[0].Layers);
        Assert.EndsWith("two/run", Assert.Single(shown.Slides[1].Layers).File.FolderPlace);
        Assert.Contains("1 file, such as", Assert.Single(shown.Notes));
        Assert.NotEqual(shown.FileNameOf(shown.Slides[0]), shown.FileNameOf(shown.Slides[1]));
    }

    /// <summary>As many hospitals call their folders; and names that addresses would have to encode.</summary>
    [Fact]
    public void Folders_and_files_of_one_name_are_told_apart()
    {
        using var own = new TempFolder();
        foreach (var hospital in (string[])["Mün chen", "50 % #2"])
        {
            Directory.CreateDirectory(own.At($"{hospital}/slides"));
            File.Copy(Slide, own.At($"{hospital}/slides/ä 1%#.tif"));
        }
        foreach (var rest in (string[])["slides", "slides/ä 1%#.tif"])
        {
            var shown = ShownSlides.In(
                ViewedFolders.Of([own.At($"Mün chen/{rest}"), own.At($"50 % #2/{rest}")]),
                "/nowhere"
            );
            Assert.Equal(["ä 1%#", "ä 1%#"], shown.Slides.Select(s => s.Name));
            Assert.Equal(["50 % #2/slides", "Mün chen/slides"], shown.Slides.Select(s => s.File.FolderPlace).Order());
            Assert.Equal(2, shown.Slides.Select(s => s.Id).Distinct().Count());
        }
        // The same folder twice is one.
        Assert.Single(ShownSlides.In(ViewedFolders.Of([own.At("50 % #2"), own.At("50 % #2/")]), "/nowhere").Slides);
    }

    [Fact]
    public void A_slide_that_is_cut_off_is_not_missed_in_silence()
    {
        using var own = new TempFolder();
        File.WriteAllBytes(own.At("cut.tif"), File.ReadAllBytes(Slide)[..^2000]);
        File.Copy(Slide, own.At("a.tif"));
        // An image in strips is none.
        using (var image = new Image(8, 8))
            ImageFile.Write(own.At("patch.tif"), image);
        var shown = ShownSlides.In(ViewedFolders.Of([own.Path]), "/nowhere");
        Assert.Equal("a", Assert.Single(shown.Slides).Name);
        var note = Assert.Single(shown.Notes);
        Assert.Contains("/cut.tif is left out: TIFF directory", note);
        Assert.EndsWith(
            "do not lie within the file's "
                + new FileInfo(own.At("cut.tif")).Length
                + "; copy it again, and start the viewer anew",
            note
        );
    }

    [Fact]
    public void Heatmaps_without_their_slides_are_told()
    {
        var shown = ShownSlides.In(ViewedFolders.Of([Path.Combine(phantoms.Folder, "run")]), "/nowhere");
        Assert.Empty(shown.Slides);
        Assert.StartsWith("1 heatmap of slides that lie in none of the folders named", Assert.Single(shown.Notes));
    }

    [Fact]
    public void A_link_that_leads_out_is_left_out_and_told()
    {
        using var own = new TempFolder();
        File.CreateSymbolicLink(own.At("out.tif"), Slide);
        Directory.CreateSymbolicLink(own.At("folder"), phantoms.Folder);
        File.Copy(Slide, own.At("in.tif"));
        File.CreateSymbolicLink(own.At("link.tif"), own.At("in.tif"));
        var folders = ViewedFolders.Of([own.Path]);
        Assert.Single(folders.Files);
        Assert.Equal(2, folders.LinksOut);
        Assert.True(folders.Holds(own.At("link.tif")));
        Assert.False(folders.Holds(own.At("out.tif")));
        Assert.Contains(
            "2 links out of the folders named: left out",
            Assert.Single(ShownSlides.In(folders, "/nowhere").Notes)
        );
    }

    /// <summary>An address that was kept shows the same slide in the next call, and tells nothing of where it lies.</summary>
    [Fact]
    public void A_slide_keeps_its_address()
    {
        var first = ShownSlides.In(ViewedFolders.Of([phantoms.Folder]), "/nowhere").Slides[0].Id;
        Assert.Equal(first, ShownSlides.In(ViewedFolders.Of([phantoms.Folder]), "/nowhere").Slides[0].Id);
        Assert.Matches("^[0-9a-f]{16}$", first);
    }

    [Fact]
    public void What_is_not_there_is_an_error_with_the_way_out()
    {
        var error = Assert.Throws<IOException>(() => ViewedFolders.Of(["no-such-folder"]));
        Assert.StartsWith("no-such-folder: there is no such file or folder; name a slide", error.Message);
    }

    private string Slide => Path.Combine(phantoms.Folder, "slides", "a.tif");
}
