using Coverslip.Slides.Annotations;
using Coverslip.Slides.Tests.Geometry;

namespace Coverslip.Slides.Tests.Annotations;

/// <summary>What the three formats mean.</summary>
public sealed class AnnotationReadingTests : IDisposable
{
    private const string Square = """{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]]]}""";

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-annotations-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Camelyon16_groups_are_tumor_and_what_is_cut_out_of_it()
    {
        var set = Read(Asap(("_0", "0 0 10 0 10 10 0 10"), ("_1", "20 0 25 0 25 5 20 5"), ("_2", "2 2 4 2 4 4 2 4")));
        Assert.Equal(AnnotationFormat.Asap, set.Format);
        Assert.Equal(["_0", "_1"], set.Classes);
        Assert.Equal(96, set.Region("_0").Area, 1e-9);
        Assert.Equal(25, set.Region("_1").Area, 1e-9);
        Assert.Equal(121, set.Region(["_0", "_1"]).Area, 1e-9);
        Assert.Equal(new RgbColor(0xF4, 0xFA, 0x58), set.Annotations[0].Color);
        Assert.Equal(["_0", "_1", "_2"], set.Groups.Select(g => g.Name));
    }

    [Fact]
    public void Camelyon17_normal_is_cut_out_of_metastases_and_is_a_class_without_them()
    {
        var both = Read(Asap(("metastases", "0 0 10 0 10 10 0 10"), ("normal", "0 0 5 0 5 10 0 10")));
        Assert.Equal(["metastases"], both.Classes);
        Assert.Equal(50, both.Region("metastases").Area, 1e-9);
        var alone = Read(Asap(("normal", "0 0 5 0 5 10 0 10")));
        Assert.Equal(["normal"], alone.Classes);
        Assert.Equal(50, alone.Region("normal").Area, 1e-9);
    }

    [Fact]
    public void Asap_points_come_in_their_order_and_only_areas_count()
    {
        var xml = Asap(("a", "0 0 10 0 10 10 0 10")).Replace("""Order="0" X="0" """, """Order="9" X="0" """);
        var set = Read(xml.Replace("</Annotations>", Dot("Dot") + Dot("PointSet") + Dot("Blob") + "</Annotations>"));
        Assert.Equal(Rings.Of(10, 0, 10, 10, 0, 10, 0, 0), set.Annotations[0].Polygons[0].Outer);
        Assert.Equal(["a"], set.Classes);
        Assert.Contains("Type 'Blob' is not known", Assert.Single(set.Notes));

        static string Dot(string type) =>
            $"""<Annotation Name="d" Type="{type}" PartOfGroup="None" Color="#000000"><Coordinates><Coordinate Order="0" X="1" Y="1"/></Coordinates></Annotation>""";
    }

    [Fact]
    public void Aperios_negative_regions_are_cut_out_of_their_layer_only()
    {
        var set = Read(
            """
            <Annotations MicronsPerPixel="0.25"><Annotation Id="1" Name="" LineColor="65280"><Regions><RegionAttributeHeaders/>
            <Region Id="1" Type="0" NegativeROA="0" Text="big"><Vertices><Vertex X="0" Y="0" Z="0"/><Vertex X="10" Y="0"/><Vertex X="10" Y="10"/><Vertex X="0" Y="10"/></Vertices></Region>
            <Region Id="2" Type="0" NegativeROA="1"><Vertices><Vertex X="0" Y="0"/><Vertex X="5" Y="0"/><Vertex X="5" Y="5"/><Vertex X="0" Y="5"/></Vertices></Region>
            </Regions></Annotation><Annotation Id="2" Name="" LineColor="255"><Regions>
            <Region Id="1" Type="1" NegativeROA="0"><Vertices><Vertex X="0" Y="0"/><Vertex X="4" Y="0"/><Vertex X="4" Y="4"/><Vertex X="0" Y="4"/></Vertices></Region>
            <Region Id="2" Type="2" NegativeROA="0"><Vertices><Vertex X="100" Y="100"/><Vertex X="120" Y="110"/></Vertices></Region>
            <Region Id="3" Type="4" NegativeROA="0"><Vertices><Vertex X="0" Y="0"/><Vertex X="90" Y="0"/><Vertex X="4" Y="70"/></Vertices></Region>
            </Regions></Annotation></Annotations>
            """
        );
        Assert.Equal(["layer 1", "layer 2"], set.Classes);
        Assert.Equal(75, set.Region("layer 1").Area, 1e-9);
        Assert.Equal(16 + (Math.PI * 10 * 5), set.Region("layer 2").Area, 1e-9);
        Assert.Equal(new RgbColor(0, 255, 0), set.Groups[0].Color);
        Assert.Equal(new RgbColor(255, 0, 0), set.Groups[1].Color);
        Assert.Equal("big", set.Annotations[0].Name);
    }

    [Theory]
    [InlineData("""{"type":"FeatureCollection","features":[FEATURE]}""")]
    [InlineData("[FEATURE]")]
    [InlineData("  FEATURE")]
    public void QuPaths_files_are_collections_bare_lists_or_single_features(string frame)
    {
        var feature =
            $$$"""{"type":"Feature","id":"PathAnnotationObject","geometry":{{{Square}}},"properties":{"classification":{"name":"Tumor","colorRGB":-3670016},"isLocked":true,"measurements":[{"name":"a","value":1.5},{"name":"b","value":NaN}]}}""";
        var annotation = Assert.Single(Read(frame.Replace("FEATURE", feature)).Annotations);
        Assert.Equal("Tumor", annotation.Class);
        Assert.Equal(new RgbColor(200, 0, 0), annotation.ClassColor);
        Assert.True(annotation.IsLocked);
        Assert.Equal([new Measurement("a", 1.5), new Measurement("b", double.NaN)], annotation.Measurements);
        Assert.Equal("\"PathAnnotationObject\"", annotation.Further["id"]);
    }

    [Theory]
    [InlineData("""{"name":"Tumor","color":[1,2,3]}""", "Tumor", true)]
    [InlineData("""{"names":["Tumor","Positive"],"color":[1,2,3]}""", "Tumor: Positive", true)]
    [InlineData("\"Tumor\"", "Tumor", false)]
    [InlineData("null", null, false)]
    public void QuPaths_classes_in_all_their_forms(string classification, string? name, bool hasColor)
    {
        var set = Read(Feature($$"""{"objectType":"annotation","name":"n","classification":{{classification}}}"""));
        Assert.Equal(name, set.Annotations[0].Class);
        Assert.Equal(hasColor ? new RgbColor(1, 2, 3) : null, set.Annotations[0].ClassColor);
        Assert.Equal(100, set.Region(name ?? "").Area, 1e-9);
    }

    [Theory]
    [InlineData("""{"area":2,"far":Infinity}""", 2)]
    [InlineData("""[{"name":"area","value":2},{"name":"area","value":3}]""", 2)]
    [InlineData("[]", 0)]
    [InlineData("{}", 0)]
    [InlineData("null", 0)]
    public void QuPaths_measurements_in_all_their_forms(string measurements, int count) =>
        Assert.Equal(count, Read(Feature($$"""{"measurements":{{measurements}}}""")).Annotations[0].Measurements.Count);

    [Fact]
    public void Multipolygons_holes_points_and_bare_geometries()
    {
        var set = Read(
            """
            [{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[1,1],[3,1],[3,3],[1,3],[1,1]]],[[[20,0],[21,0],[21,1],[20,1],[20,0]]]]},"properties":null},
             {"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}},
             {"type":"LineString","coordinates":[[1,2],[3,4],[9,9]]}]
            """
        );
        Assert.Equal(97, set.Region("").Area, 1e-9);
        AnnotationKind[] kinds = [AnnotationKind.Polygon, AnnotationKind.Points, AnnotationKind.Line];
        Assert.Equal(kinds, set.Annotations.Select(a => a.Kind));
    }

    [Fact]
    public void What_is_odd_about_a_ring_is_said()
    {
        var set = Read(
            """
            [{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4]]]},
             {"type":"Polygon","coordinates":[[[0,0],[4,0],[0,0]]]},
             {"type":"Polygon","coordinates":[[[0,0],[4,4],[4,0],[0,4],[0,0]]]}]
            """
        );
        Assert.Contains("not closed", Assert.Single(set.Notes));
        Assert.Collection(
            set.Oddities(),
            said => Assert.Contains("2 points, and no area", said),
            said => Assert.Contains("crosses or touches itself", said)
        );
        // A triangle of area 8, on which two of area 4 lie: one within it, of the other one half.
        Assert.Equal(8 + 4, set.Region("").Area, 1e-9);
    }

    [Fact]
    public void A_hole_that_lies_outside_of_its_ring_is_said()
    {
        // A corner shape; its holes: inside, in its notch, across its border, inside again, far away.
        var set = Read(
            """
            [{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,4],[4,4],[4,10],[0,10],[0,0]],
             [[1,1],[2,1],[2,2],[1,2],[1,1]],[[6,6],[8,6],[8,8],[6,8],[6,6]],[[3,5],[6,5],[6,6],[3,6],[3,5]],
             [[1,5],[2,5],[2,6],[1,6],[1,5]],[[90,0],[91,0],[91,1],[90,1],[90,0]]]}]
            """
        );
        Assert.Equal(
            [
                "feature 1: hole 2 of 5 lies outside of its ring, and cuts nothing out",
                "feature 1: hole 5 of 5 lies outside of its ring, and cuts nothing out",
            ],
            set.Notes
        );
        Assert.Equal(64 - 3, set.Region("").Area, 1e-9);
    }

    private AnnotationSet Read(string text)
    {
        var path = Path.Combine(folder, "a");
        File.WriteAllText(path, text);
        return AnnotationFile.Read(path);
    }

    private static string Feature(string properties) =>
        $$"""{"type":"Feature","geometry":{{Square}},"properties":{{properties}}}""";

    private static string Asap(params (string Group, string Points)[] annotations)
    {
        var groups = annotations.Select(a =>
            $"""<Group Name="{a.Group}" PartOfGroup="None" Color="#00ff00"><Attributes/></Group>"""
        );
        var drawn = annotations.Select(
            (a, i) =>
                $"""<Annotation Name="Annotation {i}" Type="Polygon" PartOfGroup="{a.Group}" Color="#F4FA58"><Coordinates>{Coordinates(a.Points)}</Coordinates></Annotation>"""
        );
        return "<?xml version=\"1.0\"?>\n<ASAP_Annotations><Annotations>"
            + $"{string.Concat(drawn)}</Annotations><AnnotationGroups>{string.Concat(groups)}</AnnotationGroups></ASAP_Annotations>";
    }

    private static string Coordinates(string points) =>
        string.Concat(
            points.Split(' ').Chunk(2).Select((p, i) => $"""<Coordinate Order="{i}" X="{p[0]}" Y="{p[1]}" />""")
        );
}
