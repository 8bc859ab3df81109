using System.Text;
using Coverslip.Slides.Annotations;

namespace Coverslip.Slides.Tests.Annotations;

/// <summary>Files from anywhere: an error that names the file and the fault, and nothing is fetched or blown
/// up.</summary>
public sealed class DamagedAnnotationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-damaged-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData(" \n", "the file is empty")]
    [InlineData("annotations", "neither XML nor JSON")]
    [InlineData("<html/>", "XML of 'html'")]
    [InlineData("<ASAP_Annotations><Annotations>", "no readable XML")]
    [InlineData("{\"type\":\"FeatureCollection\"", "no readable JSON")]
    [InlineData("{\"type\":\"FeatureCollection\"}", "without an array of features")]
    [InlineData("{}", "no GeoJSON")]
    [InlineData("[1]", "feature 1 is no object")]
    [InlineData("[{\"type\":\"Feature\"}]", "no shape in it is understood; 1 of 1 features: no geometry")]
    [InlineData(
        "[{\"type\":\"Polygon\",\"coordinates\":[]}]",
        "no shape in it is understood; 1 of 1 features: empty coordinates"
    )]
    [InlineData("[{\"type\":\"Polygon\",\"coordinates\":[[[1]]]}]", "feature 1: [1] is no place")]
    [InlineData("[{\"type\":\"Polygon\",\"coordinates\":[[[1,NaN]]]}]", "is no place")]
    [InlineData("[{\"type\":\"Polygon\",\"coordinates\":[[[1,1e999]]]}]", "is no place")]
    [InlineData("[{\"type\":\"Polygon\",\"coordinates\":[[[1,\"2\"]]]}]", "is no place")]
    [InlineData("[{\"type\":\"Polygon\",\"coordinates\":[[[1,1e300]]]}]", "feature 1: (1, 1E+300) is no place")]
    [InlineData("[{\"type\":\"Polygon\",\"coordinates\":[1]}]", "is no list")]
    [InlineData("[{\"type\":\"Circle\",\"coordinates\":[1]}]", "a geometry of type 'Circle'")]
    [InlineData("[{\"type\":\"GeometryCollection\",\"geometries\":[]}]", "a GeometryCollection without polygons")]
    public void What_is_no_annotation_file_is_refused(string text, string reason) =>
        AssertRefused(Encoding.UTF8.GetBytes(text), reason);

    [Theory]
    [InlineData("NaN", "is NaN; a place is finite")]
    [InlineData("Infinity", "a place is finite")]
    [InlineData("1,500", "X is '1,500', not a number; what its comma means is not plain: write points")]
    [InlineData("", "X is '', not a number")]
    [InlineData("-1e300", "X is -1e300; places are pixels of level 0")]
    public void Places_of_xml_are_finite_numbers(string x, string reason)
    {
        AssertRefused(
            Encoding.UTF8.GetBytes(
                $"<ASAP_Annotations><Annotations><Annotation Name=\"n\"><Coordinates><Coordinate X=\"{x}\" Y=\"1\"/>"
                    + "</Coordinates></Annotation></Annotations></ASAP_Annotations>"
            ),
            "annotation 'n'",
            reason
        );
        AssertRefused(
            Encoding.UTF8.GetBytes(
                $"<Annotations><Annotation Name=\"L\"><Regions><Region Id=\"4\"><Vertices><Vertex X=\"{x}\" Y=\"1\"/>"
                    + "</Vertices></Region></Regions></Annotation></Annotations>"
            ),
            "layer 'L', region 4",
            reason
        );
    }

    [Fact]
    public void Entities_are_refused_whether_they_fetch_or_multiply()
    {
        var secret = Path.Combine(folder, "secret");
        File.WriteAllText(secret, "secret");
        AssertRefused(
            Encoding.UTF8.GetBytes(
                $"<!DOCTYPE a [<!ENTITY x SYSTEM \"file://{secret}\">]><ASAP_Annotations><Annotations><Annotation "
                    + "Name=\"n\">&x;</Annotation></Annotations></ASAP_Annotations>"
            ),
            "DTD is prohibited"
        );
        var bomb = new StringBuilder("<!DOCTYPE a [<!ENTITY l0 \"lol\">");
        for (var i = 1; i < 30; i++)
            bomb.Append($"<!ENTITY l{i} \"&l{i - 1};&l{i - 1};&l{i - 1};&l{i - 1};\">");
        bomb.Append("]><ASAP_Annotations>&l29;</ASAP_Annotations>");
        AssertRefused(Encoding.UTF8.GetBytes(bomb.ToString()), "DTD is prohibited");
    }

    [Fact]
    public void What_is_nested_too_deep_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000));
        AssertRefused(Encoding.UTF8.GetBytes($"<ASAP_Annotations>{deep}</ASAP_Annotations>"), "deeper than 64");
        AssertRefused(Encoding.UTF8.GetBytes(new string('[', 100_000)), "maximum configured depth");
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused_before_it_is_read()
    {
        var path = Path.Combine(folder, "large.xml");
        using (var file = File.Create(path))
            file.SetLength(AnnotationFile.MostBytes + 1);
        Assert.Contains("the limit is", Assert.Throws<AnnotationException>(() => AnnotationFile.Read(path)).Message);
        Assert.Throws<AnnotationException>(() => AnnotationFile.Read(folder));
        Assert.Throws<AnnotationException>(() => AnnotationFile.Read(Path.Combine(folder, "nowhere.xml")));
    }

    [Theory]
    [InlineData(
        """{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]],"coordinates":[[[0,0],[9,0],[9,9],[0,0]]]}}""",
        "feature 2: 'coordinates' stands twice in its geometry, and only one"
    )]
    [InlineData(
        """{"type":"Feature","geometry":{"type":"Point","type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}}""",
        "'type' stands twice in its geometry"
    )]
    [InlineData(
        """{"type":"Feature","geometry":{"type":"Point","coordinates":[1,1]},"geometry":{"type":"Point","coordinates":[2,2]}}""",
        "feature 2: 'geometry' stands twice in it,"
    )]
    [InlineData(
        """{"type":"Feature","geometry":{"type":"Point","coordinates":[1,1]},"properties":{},"properties":{}}""",
        "feature 2: 'properties' stands twice in it,"
    )]
    [InlineData(
        """{"type":"Feature","geometry":{"type":"Point","coordinates":[1,1]},"properties":{"classification":{"name":"Tumor"},"classification":{"name":"Stroma"}}}""",
        "'classification' stands twice in its properties"
    )]
    [InlineData(
        """{"type":"Feature","geometry":{"type":"Point","coordinates":[1,1]},"properties":{"classification":{"name":"Tumor","\u006eame":"Stroma"}}}""",
        "'name' stands twice in its classification"
    )]
    [InlineData(
        """{"type":"GeometryCollection","geometries":[{"type":"Polygon","type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}]}""",
        "'type' stands twice in its geometries"
    )]
    public void A_name_that_stands_twice_in_an_object_is_refused_with_its_place(string feature, string reason)
    {
        const string sound = """{"type":"Feature","geometry":{"type":"Point","coordinates":[1,1]}}""";
        AssertRefused(Encoding.UTF8.GetBytes($"[{sound},{feature}]"), reason);
        AssertRefused(
            Encoding.UTF8.GetBytes($$"""{"type":"FeatureCollection","features":[{{sound}},{{feature}}]}"""),
            reason
        );
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var whole =
            """[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]},"properties":{"name":"n"}}]"""u8;
        for (var length = 0; length < whole.Length; length++)
            AssertRefused(whole[..length].ToArray());
    }

    [Fact]
    public void An_outline_that_is_a_tangle_is_refused_at_once()
    {
        // Two chords of a square cross with a chance of 0.23: of 3,000 a million times.
        var random = new Random(1);
        var places = string.Join(
            ",",
            Enumerable.Range(0, 3000).Select(_ => $"[{random.Next(9999)},{random.Next(9999)}]")
        );
        AssertRefused(
            Encoding.UTF8.GetBytes($"[{{\"type\":\"Polygon\",\"coordinates\":[[{places}]]}}]"),
            "annotation 1 of 1",
            "3000 points that crosses itself more than"
        );
    }

    [Fact]
    public void An_outline_that_runs_to_and_fro_on_a_line_is_refused_as_fast()
    {
        var random = new Random(1);
        var places = string.Join(",", Enumerable.Range(0, 3000).Select(_ => $"[{random.Next(9999)},7]"));
        AssertRefused(
            Encoding.UTF8.GetBytes($"[{{\"type\":\"Polygon\",\"coordinates\":[[{places},[3,9]]]}}]"),
            "annotation 1 of 1",
            "crosses itself more than"
        );
    }

    [Fact]
    public void Two_lists_of_features_are_not_one() =>
        AssertRefused(
            "{\"type\":\"FeatureCollection\",\"features\":[],\"features\":[]}"u8.ToArray(),
            "'features' stands in it twice"
        );

    private void AssertRefused(byte[] bytes, params string[] words)
    {
        var path = Path.Combine(folder, "a.xml");
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<AnnotationException>(() => AnnotationFile.Read(path));
        Assert.Equal(path, error.File);
        foreach (var word in words)
            Assert.Contains(word, error.Message);
    }
}
