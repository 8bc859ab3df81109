using System.IO.Compression;
using System.Text;
using Coverslip.Slides.Annotations;
using Coverslip.Slides.Geometry;

namespace Coverslip.Slides.Tests.Annotations;

/// <summary>The same square of 10 × 10 in the forms that programs write it; what is not understood is refused.</summary>
public sealed class DialectTests : IDisposable
{
    private const string Corners =
        """<C Order="0" X="2" Y="3"/><C Order="1" X="12" Y="3"/><C Order="2" X="12" Y="13"/><C Order="3" X="2" Y="13"/>""";

    private const string Asap =
        "<ASAP_Annotations><Annotations><Annotation Name=\"ä\" Type=\"Polygon\" PartOfGroup=\"Tumor\"><Coordinates>"
        + Corners
        + "</Coordinates></Annotation></Annotations><AnnotationGroups/></ASAP_Annotations>";

    private const string Square = "[[2,3],[12,3],[12,13],[2,13],[2,3]]";

    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-dialect-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("<ASAP_Annotations>", "<ASAP_Annotations xmlns=\"urn:x\">")]
    [InlineData("\"Polygon\"", "\"polygon\"")]
    [InlineData("Annotations>", "annotations>")]
    [InlineData("X=", "x=")]
    [InlineData("X=\"2\"", "X=\"2,0\"")]
    public void Asap_by_local_names_in_any_case_and_with_decimal_commas(string from, string to) =>
        AssertSquare(Read(Encoding.UTF8.GetBytes(Asap.Replace("C Order", "Coordinate Order").Replace(from, to))));

    [Fact]
    public void Halo_is_read_by_its_own_words_and_its_negative_regions_are_cut_out()
    {
        string Region(string type, int negative, string vertices) =>
            $"<Region Type=\"{type}\" HasEndcaps=\"0\" NegativeROA=\"{negative}\"><Vertices>{vertices}</Vertices></Region>";
        var corners = Corners.Replace("C Order", "V Order");
        var set = Read(
            Encoding.UTF8.GetBytes(
                "<Annotations><Annotation LineColor=\"65535\" Name=\"Tumor\" Visible=\"True\"><Regions>"
                    + Region("Polygon", 0, corners)
                    + Region("Rectangle", 1, "<V X=\"2\" Y=\"3\"/><V X=\"7\" Y=\"13\"/>")
                    + Region("Rectangle", 0, "<V X=\"20\" Y=\"0\"/><V X=\"23\" Y=\"2\"/>")
                    + Region("Ruler", 0, "<V X=\"0\" Y=\"0\"/><V X=\"9\" Y=\"9\"/>")
                    + Region("Blob", 0, "<V X=\"0\" Y=\"0\"/><V X=\"9\" Y=\"9\"/>")
                    + "</Regions></Annotation></Annotations>"
            )
        );
        Assert.Equal(50 + 6, set.Region("Tumor").Area);
        Assert.Contains(set.Notes, n => n == "HALO's form, 5 regions");
        Assert.Contains(set.Notes, n => n.EndsWith("Type 'Blob' is not known; its area is not counted"));
        var path = Path.Combine(folder, "b.xml");
        AnnotationFile.Write(path, set, AnnotationFormat.Aperio);
        Assert.Equal(56, AnnotationFile.Read(path).Region("Tumor").Area);
    }

    [Theory]
    [InlineData(
        "<ASAP_Annotations><Annotations><Annotation><Points><P u='1' v='2'/></Points></Annotation></Annotations></ASAP_Annotations>",
        "'Annotation'"
    )]
    [InlineData(
        "<Annotations><Annotation><Shapes><Shape X='1' Y='2'/></Shapes></Annotation></Annotations>",
        "'Shapes'"
    )]
    [InlineData("[{\"type\":\"Feature\",\"geometry\":null}]", "1 of 1 features: no geometry")]
    public void A_file_of_which_no_shape_is_understood_is_refused(string text, string what)
    {
        var error = Assert.Throws<AnnotationException>(() => Read(Encoding.UTF8.GetBytes(text)));
        Assert.Contains("no shape in it is understood", error.Message);
        Assert.Contains(what, error.Message);
    }

    [Theory]
    [InlineData("<Annotations/>")]
    [InlineData(
        "<ASAP_Annotations><Annotations/><AnnotationGroups><Group Name='Tumor'><Attributes/></Group></AnnotationGroups></ASAP_Annotations>"
    )]
    [InlineData("{\"type\":\"FeatureCollection\",\"features\":[]}")]
    public void A_file_without_annotations_is_one(string text) =>
        Assert.Empty(Read(Encoding.UTF8.GetBytes(text)).Annotations);

    [Theory]
    [InlineData("null", "no geometry, left out", 100)]
    [InlineData("{\"type\":\"Polygon\",\"coordinates\":[]}", "empty coordinates, left out", 100)]
    [InlineData("{\"type\":\"Polygon\",\"coordinates\":[[]]}", "empty coordinates, left out", 100)]
    [InlineData("{\"type\":\"MultiPolygon\",\"coordinates\":[[]]}", "empty coordinates, left out", 100)]
    [InlineData(
        "{\"type\":\"GeometryCollection\",\"geometries\":[]}",
        "a GeometryCollection without polygons, left out",
        100
    )]
    [InlineData(
        "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"Point\",\"coordinates\":[1,1]},{\"type\":\"Polygon\",\"coordinates\":[[[50,0],[52,0],[52,2],[50,0]]]}]}",
        "a GeometryCollection, of which the polygons are read",
        102
    )]
    public void One_odd_feature_does_not_refuse_the_file(string geometry, string note, double area)
    {
        var set = Read(
            Encoding.UTF8.GetBytes(
                $"[{{\"type\":\"Feature\",\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[{Square}]}}}},{{\"type\":\"Feature\",\"properties\":{{}},\"geometry\":{geometry}}}]"
            )
        );
        Assert.Equal([$"1 of 2 features: {note}"], set.Notes);
        Assert.Equal(area, set.Region("").Area);
    }

    [Fact]
    public void Packed_files_and_other_encodings_are_read()
    {
        var json =
            $"[{{\"type\":\"Feature\",\"properties\":{{\"name\":\"ä\"}},\"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[{Square}]}}}}]";
        var plain = Encoding.UTF8.GetBytes(json);
        Assert.Empty(Read(plain).Notes);
        using var gzip = new MemoryStream();
        using (var packer = new GZipStream(gzip, CompressionMode.Compress, leaveOpen: true))
            packer.Write(plain);
        AssertSquare(Read(gzip.ToArray()));
        AssertSquare(Read(Zip(plain, "s.geojson", "__MACOSX/._s.geojson", "x/")));
        Assert.Contains(
            "a zip of 2 files (s.geojson, t.geojson)",
            Assert.Throws<AnnotationException>(() => Read(Zip(plain, "s.geojson", "t.geojson"))).Message
        );
        AssertSquare(Read([0xFF, 0xFE, .. Encoding.Unicode.GetBytes(json)]));
        AssertSquare(Read(Encoding.Unicode.GetBytes(json)));
        AssertSquare(Read([0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(json)]));
        var set = Read(Encoding.Latin1.GetBytes(json));
        AssertSquare(set);
        Assert.Equal(["no UTF-8, and read as windows-1252"], set.Notes);

        var xml = Asap.Replace("C Order", "Coordinate Order");
        AssertSquare(Read(Encoding.Latin1.GetBytes(xml)));
        AssertSquare(Read(Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>" + xml)));
        AssertSquare(
            Read([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<?xml version=\"1.0\" encoding=\"utf-16\"?>" + xml)])
        );
    }

    private static byte[] Zip(byte[] content, params string[] names)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in names)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }
        return bytes.ToArray();
    }

    private static void AssertSquare(AnnotationSet set)
    {
        var only = Assert.Single(set.Annotations);
        Assert.Equal("ä", only.Name);
        Assert.Equal([new Vertex(2, 3), new(12, 3), new(12, 13), new(2, 13)], only.Polygons[0].Outer.Points);
        Assert.Equal(100, set.Region(only.Class ?? "").Area);
    }

    private AnnotationSet Read(byte[] bytes)
    {
        var path = Path.Combine(folder, "a");
        File.WriteAllBytes(path, bytes);
        return AnnotationFile.Read(path);
    }
}
