using Coverslip.Slides.Annotations;

namespace Coverslip.Slides.Tests.Annotations;

/// <summary>Which file belongs to which slide: by name, and never by guess.</summary>
public sealed class AnnotationFolderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-folder-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("s.tif", "s.geojson")]
    [InlineData("s.tif", "s.GEOJSON")]
    [InlineData("s.tif", "S.geojson")]
    [InlineData("S.SVS", "s.xml")]
    [InlineData("s.ome.tif", "s.geojson")]
    [InlineData("s.ome.tiff", "s.ome.tiff.geojson")]
    [InlineData("s.svs", "s.svs.geojson.gz")]
    [InlineData("a.b.svs", "a.b.json")]
    [InlineData("s.ndpi", "s.annotations")]
    [InlineData("s.ndpi", "s.zip")]
    public void A_file_is_found_whatever_the_case_and_the_extensions(string slide, string file)
    {
        Touch(file, "other.xml");
        var found = AnnotationFolder.Open(folder, [$"slides/{slide}"]);
        Assert.Equal(Path.Combine(folder, file), found.Of($"slides/{slide}"));
        Assert.Equal([Path.Combine(folder, "other.xml")], found.OfNoSlide);
    }

    [Fact]
    public void Part_of_a_name_is_another_name()
    {
        Touch("s1.xml", "s.1.xml", "s_tumor.xml", "._s.xml", "s.txt");
        var error = Assert.Throws<AnnotationException>(() =>
            AnnotationFolder.Open(folder, ["s.tif"]).Need("s.tif", "leave it out")
        );
        Assert.Contains("none for s.tif (nearest is s", error.Message);
        Assert.EndsWith("leave it out", error.Message);
        Assert.Equal(3, AnnotationFolder.Open(folder, ["s.tif"]).OfNoSlide.Count);
    }

    [Theory]
    [InlineData("s.ndpi.ndpa")]
    [InlineData("S.qpdata")]
    public void A_slide_annotated_in_a_form_that_is_not_read_is_not_taken_for_unannotated(string file)
    {
        Touch(file, "other.xml");
        var error = Assert.Throws<AnnotationException>(() => AnnotationFolder.Open(folder, ["a/s.ndpi"]));
        Assert.Contains($"{file}: ", error.Message);
        Assert.Contains("which is not read; export them as QuPath's GeoJSON", error.Message);
        // Of another slide, or beside a file that is read, it does not matter.
        Assert.Null(AnnotationFolder.Open(folder, ["a/t.ndpi"]).Of("a/t.ndpi"));
        Touch("s.geojson");
        Assert.NotNull(AnnotationFolder.Open(folder, ["a/s.ndpi"]).Of("a/s.ndpi"));
    }

    [Fact]
    public void Two_files_of_a_slide_and_two_slides_of_a_file_are_refused()
    {
        Touch("s.xml", "S.geojson");
        Assert.Contains(
            "S.geojson and s.xml may both be of a/s.tif; keep one",
            Assert.Throws<AnnotationException>(() => AnnotationFolder.Open(folder, ["a/s.tif"])).Message
        );
        File.Delete(Path.Combine(folder, "S.geojson"));
        Assert.Contains(
            "it may be of a/s.tif or of a/s.ome.tif; give slides of different names",
            Assert.Throws<AnnotationException>(() => AnnotationFolder.Open(folder, ["a/s.tif", "a/s.ome.tif"])).Message
        );
        Assert.Contains(
            "no such folder",
            Assert.Throws<AnnotationException>(() => AnnotationFolder.Open(Path.Combine(folder, "no"), ["s"])).Message
        );
    }

    private void Touch(params string[] names)
    {
        foreach (var name in names)
            File.WriteAllText(Path.Combine(folder, name), "");
    }
}
